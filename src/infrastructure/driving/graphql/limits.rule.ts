import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** What one operation may ask for. Everything there is of one entry and its queue is 40 fields at a depth of 3. */
export const LIMITS = {
  /** In the text of the document. */
  tokens: 1_000,
  /** Levels of fields below the operation. */
  depth: 6,
  /** Fields, those of fragments counted wherever they are spread. */
  fields: 200,
  /** Fields directly below the operation: each is a use case. */
  rootFields: 10,
  aliases: 20,
} as const;

interface Size {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
}

const NOTHING: Size = { depth: 0, fields: 0, aliases: 0 };

/** Refuses operations beyond LIMITS. Introspection is not counted: where it is not wanted it is off. */
export function limitsRule(context: ValidationContext): ASTVisitor {
  const measure = new Measure(context);
  return {
    OperationDefinition: (operation) => {
      const size = measure.of(operation.selectionSet);
      const rootFields = measure.rootFieldsOf(operation.selectionSet);
      for (const [what, actual] of Object.entries({ ...size, rootFields })) {
        const most = LIMITS[what as keyof Size | 'rootFields'];
        if (actual > most)
          context.reportError(new GraphQLError(`The operation is too large: ${what} must not be more than ${most}.`));
      }
      return false;
    },
  };
}

class Measure {
  readonly #fragments = new Map<string, Size>();
  readonly #rootFields = new Map<string, number>();

  constructor(private readonly context: ValidationContext) {}

  of({ selections }: SelectionSetNode): Size {
    return selections.reduce<Size>((sum, selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return added(sum, this.#ofFragment(selection.name.value));
      if (selection.kind === Kind.INLINE_FRAGMENT) return added(sum, this.of(selection.selectionSet));
      if (selection.name.value.startsWith('__')) return sum;
      const inner = selection.selectionSet ? this.of(selection.selectionSet) : NOTHING;
      return added(sum, {
        depth: inner.depth + 1,
        fields: inner.fields + 1,
        aliases: inner.aliases + (selection.alias ? 1 : 0),
      });
    }, NOTHING);
  }

  rootFieldsOf({ selections }: SelectionSetNode): number {
    return selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1;
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + this.rootFieldsOf(selection.selectionSet);
      return sum + this.#rootFieldsOfFragment(selection.name.value);
    }, 0);
  }

  #ofFragment(name: string): Size {
    return once(this.#fragments, name, NOTHING, () => {
      const fragment = this.#fragment(name);
      return fragment ? this.of(fragment.selectionSet) : NOTHING;
    });
  }

  #rootFieldsOfFragment(name: string): number {
    return once(this.#rootFields, name, 0, () => {
      const fragment = this.#fragment(name);
      return fragment ? this.rootFieldsOf(fragment.selectionSet) : 0;
    });
  }

  #fragment(name: string): FragmentDefinitionNode | undefined {
    return this.context.getFragment(name) ?? undefined;
  }
}

/** Measures a fragment once, however often it is spread; one that spreads itself is another rule's to refuse. */
function once<T>(known: Map<string, T>, name: string, meanwhile: T, measure: () => T): T {
  const before = known.get(name);
  if (before !== undefined) return before;
  known.set(name, meanwhile);
  const size = measure();
  known.set(name, size);
  return size;
}

function added(one: Size, other: Size): Size {
  return {
    depth: Math.max(one.depth, other.depth),
    fields: one.fields + other.fields,
    aliases: one.aliases + other.aliases,
  };
}
