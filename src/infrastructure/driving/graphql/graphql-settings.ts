import { NoSchemaIntrospectionCustomRule, type ValidationRule } from 'graphql';

/** The settings of the GraphQL API. */
export interface GraphqlSettings {
  /** Disables introspection. */
  readonly production: boolean;
  /** Maximum number of WebSockets with a valid token. */
  readonly liveStreamLimit: number;
}
export const GraphqlSettings = Symbol('GraphqlSettings');

/** Validation rules in addition to those of the GraphQL specification. */
export function validationRules({ production }: GraphqlSettings): ValidationRule[] {
  return production ? [NoSchemaIntrospectionCustomRule] : [];
}
