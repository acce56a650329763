import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** Bounds of one document. All fields of an entry and its queue together are 40, at a depth of 3. */
export const LIMITS = {
  /** In the text of the document; the parser stops there. */
  tokens: 1_000,
  /** Levels of fields below the operation. */
  depth: 6,
  /** Fields of an operation; those of a fragment count wherever it is spread. */
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

const EMPTY: Size = { depth: 0, fields: 0, aliases: 0 };

/**
 * Checks the syntax tree before validation, whose cost grows faster than the document. Reads each node once.
 *
 * @returns the first limit that an operation exceeds
 */
export function exceededLimit(document: DocumentNode): GraphQLError | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const measure = new Measure(fragments);
  for (const { selectionSet } of operations) {
    const size = { ...measure.sizeOf(selectionSet), rootFields: measure.rootFieldsOf(selectionSet) };
    for (const name of ['depth', 'fields', 'aliases', 'rootFields'] as const)
      if (size[name] > LIMITS[name])
        return new GraphQLError(`The operation is too large: ${name} must not be more than ${LIMITS[name]}.`);
  }
  return undefined;
}

class Measure {
  readonly #sizes = new Map<string, Size>();
  readonly #rootFields = new Map<string, number>();

  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  /** Introspection fields do not count: introspection is off in production. */
  sizeOf({ selections }: SelectionSetNode): Size {
    let total = EMPTY;
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) total = sum(total, this.#sizeOfFragment(selection.name.value));
      else if (selection.kind === Kind.INLINE_FRAGMENT) total = sum(total, this.sizeOf(selection.selectionSet));
      else if (!selection.name.value.startsWith('__')) {
        const inner = selection.selectionSet ? this.sizeOf(selection.selectionSet) : EMPTY;
        const aliases = inner.aliases + (selection.alias ? 1 : 0);
        total = sum(total, { depth: inner.depth + 1, fields: inner.fields + 1, aliases });
      }
    }
    return total;
  }

  rootFieldsOf({ selections }: SelectionSetNode): number {
    let total = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) total += 1;
      else if (selection.kind === Kind.INLINE_FRAGMENT) total += this.rootFieldsOf(selection.selectionSet);
      else total += this.#rootFieldsOfFragment(selection.name.value);
    }
    return total;
  }

  #sizeOfFragment(name: string): Size {
    return memoize(this.#sizes, name, EMPTY, () => {
      const fragment = this.fragments.get(name);
      return fragment ? this.sizeOf(fragment.selectionSet) : EMPTY;
    });
  }

  #rootFieldsOfFragment(name: string): number {
    return memoize(this.#rootFields, name, 0, () => {
      const fragment = this.fragments.get(name);
      return fragment ? this.rootFieldsOf(fragment.selectionSet) : 0;
    });
  }
}

/** Measures a fragment once. A fragment that spreads itself counts as `initial` inside; validation rejects it. */
function memoize<T>(known: Map<string, T>, name: string, initial: T, measure: () => T): T {
  const before = known.get(name);
  if (before !== undefined) return before;
  known.set(name, initial);
  const size = measure();
  known.set(name, size);
  return size;
}

function sum(one: Size, other: Size): Size {
  return {
    depth: Math.max(one.depth, other.depth),
    fields: one.fields + other.fields,
    aliases: one.aliases + other.aliases,
  };
}
