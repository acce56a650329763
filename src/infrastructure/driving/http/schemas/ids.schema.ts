import { Type } from 'typebox';
import { CONCERT_ID, USER_ID } from '../../../../application/event-log/identifiers.ts';

export const ConcertId = Type.String({
  pattern: CONCERT_ID.source,
  description: 'Identifies a concert and its queue.',
  examples: ['seoul-2026-05-01'],
});

export const UserId = Type.String({
  pattern: USER_ID.source,
  description: 'A pseudonym chosen by the shop; must not be an e-mail address or a phone number.',
  examples: ['u-7f3a'],
});

const strict = { additionalProperties: false } as const;

export const ConcertParams = Type.Object({ concertId: ConcertId }, strict);
export const UserParams = Type.Object({ concertId: ConcertId, userId: UserId }, strict);
