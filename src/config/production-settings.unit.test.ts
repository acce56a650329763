import { describe, expect, test } from '@jest/globals';
import { LONG, production, refusal } from './settings.fixtures.ts';

describe('in production, settings', () => {
  test('are taken when all is given', () => {
    const settings = production();
    expect(settings.kafka.replicationFactor).toBe(3);
    expect(settings.secrets).toEqual({
      entryTokens: [`${LONG}-new`, `${LONG}-old`],
      draws: [LONG],
      admissionKeys: ['-----BEGIN PRIVATE KEY-----\nabc=\n-----END PRIVATE KEY-----'],
      adminToken: `admin-${LONG}`,
      serviceToken: `service-${LONG}`,
    });
  });

  test.each([
    'EVENT_LOG',
    'KAFKA_BROKERS',
    'SCHEMA_REGISTRY_URL',
    'REDIS_URL',
    'ADMIN_TOKEN',
    'SERVICE_TOKEN',
    'ENTRY_TOKEN_SECRETS',
    'DRAW_SECRETS',
    'ADMISSION_PRIVATE_KEYS',
  ])('must contain %s', (name) => {
    expect(refusal(() => production({ [name]: undefined }))).toMatch(new RegExp(`${name}.*is required in production`));
  });

  test('must not let anyone enter in the name of anyone', () => {
    expect(refusal(() => production({ ENTRY_AUTH: 'open' }))).toContain('ENTRY_AUTH must not be open');
    expect(refusal(() => production({ ENTRY_AUTH: undefined }))).toContain('ENTRY_AUTH must not be open');
  });

  test('must not take the keys of an identity provider over an open network', () => {
    const provider = { ENTRY_AUTH: 'jwt', AUTH_ISSUER: 'https://id.example/', AUTH_AUDIENCE: 'queue' };
    const from = (url: string) => () => production({ ...provider, AUTH_JWKS_URL: url });
    expect(refusal(from('http://id.example/keys'))).toContain('AUTH_JWKS_URL must begin with https://');
    expect(from('https://id.example/keys')().secrets.serviceToken).toBeUndefined();
    expect(from('http://127.0.0.1:8080/keys')().entryAuth).toBe('jwt');
  });

  test('must not give the shop the token of the operators', () => {
    expect(refusal(() => production({ SERVICE_TOKEN: `admin-${LONG}` }))).toContain('SERVICE_TOKEN must differ');
  });

  test('take several keys of admission tokens, PEM or JWK', () => {
    const jwk = '{"kty":"OKP","crv":"Ed25519","d":"x","x":"y"}';
    const pem = '-----BEGIN PRIVATE KEY-----\nabc=\n-----END PRIVATE KEY-----';
    expect(production({ ADMISSION_PRIVATE_KEYS: `${jwk},${pem}\n${jwk}` }).secrets.admissionKeys).toEqual([
      jwk,
      pem,
      jwk,
    ]);
  });
});
