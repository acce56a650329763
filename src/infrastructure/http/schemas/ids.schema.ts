import { Type } from 'typebox';

export const ConcertId = Type.String({
  pattern: '^(?!\\.{1,2}$)[A-Za-z0-9._~-]{1,64}$',
  description: 'Names a concert, and with it its queue.',
  examples: ['seoul-2026-05-01'],
});

export const UserId = Type.String({
  pattern: '^(?!(\\.{1,2}|me)$)[A-Za-z0-9._~-]{1,128}$',
  description: 'A pseudonym chosen by the shop; no e-mail address, no phone number.',
  examples: ['u-7f3a'],
});

const strict = { additionalProperties: false } as const;

export const ConcertParams = Type.Object({ concertId: ConcertId }, strict);
export const UserParams = Type.Object({ concertId: ConcertId, userId: UserId }, strict);
