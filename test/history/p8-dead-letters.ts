import type { Position } from './history.ts';
import type { Check } from './recorded-state.ts';

/** P8: an unreadable record becomes a dead letter. That it does not stop the projection is checked by P7. */
export const deadLettersKept: Check = ({ history: { unreadable, deadLetters } }) => {
  const name = ({ partition, offset }: Position): string => `${partition}/${offset}`;
  const dead = new Set(deadLetters.map(name));
  const bad = new Set(unreadable.map(name));
  return [
    ...[...bad].filter((one) => !dead.has(one)).map((one) => `${one} cannot be read and is no dead letter`),
    ...[...dead].filter((one) => !bad.has(one)).map((one) => `${one} is a dead letter although it can be read`),
  ];
};
