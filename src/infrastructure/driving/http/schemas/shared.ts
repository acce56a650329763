import { type Static, type TSchema, type TUnsafe, Type } from 'typebox';

/** A schema that the OpenAPI document shows under its name. */
export type Named<T extends TSchema = TSchema> = T & { readonly $id: string };

export function named<T extends TSchema>($id: string, schema: T): Named<T> {
  return Object.assign(schema, { $id });
}

/** Points to a named schema, with its type. */
export function ref<T extends Named>(schema: T): TUnsafe<Static<T>> {
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` });
}
