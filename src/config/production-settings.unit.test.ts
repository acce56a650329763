import { describe, expect, test } from '@jest/globals';
import { LONG_SECRET, production, rejection } from './settings.fixtures.ts';

describe('production settings', () => {
  test('are accepted if complete', () => {
    const settings = production();
    expect(settings.kafka.replicationFactor).toBe(3);
    expect(settings.secrets).toEqual({
      entryTokens: [`${LONG_SECRET}-new`, `${LONG_SECRET}-old`],
      draws: [LONG_SECRET],
      admissionKeys: ['-----BEGIN PRIVATE KEY-----\nabc=\n-----END PRIVATE KEY-----'],
      adminToken: `admin-${LONG_SECRET}`,
      serviceToken: `service-${LONG_SECRET}`,
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
    expect(rejection(() => production({ [name]: undefined }))).toMatch(
      new RegExp(`${name}.*is required in production`),
    );
  });

  test('reject ENTRY_AUTH=open', () => {
    expect(rejection(() => production({ ENTRY_AUTH: 'open' }))).toContain('ENTRY_AUTH must not be open');
    expect(rejection(() => production({ ENTRY_AUTH: undefined }))).toContain('ENTRY_AUTH must not be open');
  });

  test('reject keys of an identity provider over http', () => {
    const provider = { ENTRY_AUTH: 'jwt', AUTH_ISSUER: 'https://id.example/', AUTH_AUDIENCE: 'queue' };
    const from = (url: string) => () => production({ ...provider, AUTH_JWKS_URL: url });
    expect(rejection(from('http://id.example/keys'))).toContain('AUTH_JWKS_URL must begin with https://');
    expect(from('https://id.example/keys')().secrets.serviceToken).toBeUndefined();
    expect(from('http://127.0.0.1:8080/keys')().entryAuth).toBe('jwt');
  });

  test('reject the same token for shop and operators', () => {
    expect(rejection(() => production({ SERVICE_TOKEN: `admin-${LONG_SECRET}` }))).toContain(
      'SERVICE_TOKEN must differ',
    );
  });

  test('accept several keys of admission tokens, PEM or JWK', () => {
    const jwk = '{"kty":"OKP","crv":"Ed25519","d":"x","x":"y"}';
    const pem = '-----BEGIN PRIVATE KEY-----\nabc=\n-----END PRIVATE KEY-----';
    expect(production({ ADMISSION_PRIVATE_KEYS: `${jwk},${pem}\n${jwk}` }).secrets.admissionKeys).toEqual([
      jwk,
      pem,
      jwk,
    ]);
  });
});
