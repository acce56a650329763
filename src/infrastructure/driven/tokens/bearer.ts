import { equalTo } from './constant-time.ts';

/** Who a bearer token of the house belongs to. Entry tokens are not among them: they carry their own proof. */
export interface HouseTokens {
  isAdmin(token: string): boolean;
  isService(token: string): boolean;
}

/** @param serviceToken undefined: no service token is known, and none is right */
export function houseTokens(adminToken: string, serviceToken: string | undefined): HouseTokens {
  return {
    isAdmin: equalTo(adminToken),
    isService: serviceToken === undefined ? () => false : equalTo(serviceToken),
  };
}
