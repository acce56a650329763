import { Inject, Injectable } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  getOperationAST,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { QueueError } from '../../../application/errors.ts';
import { EventLoopQueue } from '../../../lib/event-loop-queue.ts';
import { DocumentCache } from './document-cache.ts';
import { exceededLimit, LIMITS } from './document-limits.ts';
import { asGraphQLError, toGraphQLError } from './format-error.ts';
import type { GraphqlContext } from './graphql-context.ts';
import { GraphqlLimits } from './graphql-limits.ts';
import { GraphqlSettings, validationRules } from './graphql-settings.ts';

/** The parameters of a request in GraphQL over HTTP. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: object | null | undefined;
}

/** Parses, checks and executes documents. Keeps nothing that a caller without a valid token sends. */
@Injectable()
export class GraphqlExecutor {
  readonly #documents = new DocumentCache();
  readonly #turns = new EventLoopQueue();

  constructor(
    private readonly schemas: GraphQLSchemaHost,
    private readonly limits: GraphqlLimits,
    @Inject(GraphqlSettings) private readonly settings: GraphqlSettings,
  ) {}

  /**
   * The document, or the first reason to reject it. Limits come before validation, which costs more. New documents take turns: a
   * client that sends many delays only documents.
   */
  async prepare(query: string): Promise<DocumentNode | GraphQLError> {
    const known = this.#documents.get(query);
    if (known) return known;
    await this.#turns.next();
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens: LIMITS.tokens });
    } catch (error) {
      return asGraphQLError(error);
    }
    return exceededLimit(document) ?? this.#firstError(document) ?? document;
  }

  async #rejection(context: GraphqlContext): Promise<GraphQLError | undefined> {
    try {
      await this.limits.countRequest(context);
      return undefined;
    } catch (error) {
      if (error instanceof QueueError) return toGraphQLError(error);
      throw error;
    }
  }

  #firstError(document: DocumentNode): GraphQLError | undefined {
    const rules = [...specifiedRules, ...validationRules(this.settings)];
    return validate(this.schemas.schema, document, rules, { maxErrors: 1 })[0];
  }

  /** Executes a query or a mutation. Without `data` in the result, nothing was executed. */
  async execute(
    { query, operationName, variables }: GraphqlRequest,
    context: GraphqlContext,
  ): Promise<ExecutionResult> {
    const document = (await this.#rejection(context)) ?? (await this.prepare(query));
    if (document instanceof GraphQLError) return { errors: [document] };
    const operation = getOperationAST(document, operationName);
    if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
      return { errors: [new GraphQLError('Subscriptions need a WebSocket.')] };
    const result = await execute({
      schema: this.schemas.schema,
      document,
      contextValue: context,
      variableValues: { ...variables },
      operationName: operationName ?? null,
    });
    if (context.caller.kind !== 'anonymous') this.#documents.add(query, document);
    return result;
  }
}
