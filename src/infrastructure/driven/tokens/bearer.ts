import { equalTo } from './constant-time.ts';

/** Checks ADMIN_TOKEN and SERVICE_TOKEN. */
export interface StaticTokens {
  isAdmin(token: string): boolean;
  isService(token: string): boolean;
  /** Undefined: /metrics is public. */
  readonly isMetrics: ((token: string) => boolean) | undefined;
}

/** @param serviceToken undefined: no token is the service token */
export function staticTokens(adminToken: string, serviceToken?: string, metricsToken?: string): StaticTokens {
  return {
    isAdmin: equalTo(adminToken),
    isService: serviceToken === undefined ? () => false : equalTo(serviceToken),
    isMetrics: metricsToken === undefined ? undefined : equalTo(metricsToken),
  };
}
