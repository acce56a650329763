import { NoSchemaIntrospectionCustomRule, type ValidationRule } from 'graphql';

/** What the GraphQL door needs to know of the settings. */
export interface GraphqlSettings {
  /** Hides the schema from whoever asks for it. */
  readonly production: boolean;
  /** Most WebSockets. */
  readonly liveStreamLimit: number;
}
export const GraphqlSettings = Symbol('GraphqlSettings');

/** What a document has to keep beside the rules of GraphQL itself. */
export function rulesOf({ production }: GraphqlSettings): ValidationRule[] {
  return production ? [NoSchemaIntrospectionCustomRule] : [];
}
