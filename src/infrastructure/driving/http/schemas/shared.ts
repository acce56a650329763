import { type Static, type TSchema, type TUnsafe, Type } from 'typebox';

/** A schema with a name in the OpenAPI document. */
export type NamedSchema<T extends TSchema = TSchema> = T & { readonly $id: string };

export function named<T extends TSchema>($id: string, schema: T): NamedSchema<T> {
  return Object.assign(schema, { $id });
}

/** A typed reference to a named schema. */
export function ref<T extends NamedSchema>(schema: T): TUnsafe<Static<T>> {
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` });
}
