import { equalTo } from './constant-time.ts';

/** Who a bearer token of the house belongs to. Entry tokens are not among them: they carry their own proof. */
export interface StaticTokens {
  isAdmin(token: string): boolean;
  isService(token: string): boolean;
}

/** @param serviceToken undefined: no service token is known, and none is right */
export function staticTokens(adminToken: string, serviceToken: string | undefined): StaticTokens {
  return {
    isAdmin: equalTo(adminToken),
    isService: serviceToken === undefined ? () => false : equalTo(serviceToken),
  };
}
