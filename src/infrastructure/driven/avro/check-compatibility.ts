import { errorMessage } from '../../../lib/error-message.ts';
import { loadSchemas } from './schema-files.ts';
import { type ConfluentSchemaRegistry, LEVEL } from './schema-registry.confluent.ts';

/**
 * Checks at startup that the registry refuses schemas that other versions cannot read. Never rejects: a weaker level harms only the
 * next registration.
 *
 * @param warn called with one line for each level below FULL_TRANSITIVE, naming its subjects, or if the levels cannot be read
 */
export async function checkCompatibility(
  registry: Pick<ConfluentSchemaRegistry, 'levelOf' | 'globalLevel'>,
  warn: (message: string) => void,
  subjects: readonly string[] = loadSchemas().map(({ subject }) => subject),
): Promise<void> {
  try {
    const own = await Promise.all(subjects.map((subject) => registry.levelOf(subject)));
    const others = own.includes(undefined) ? await registry.globalLevel() : undefined;
    const byLevel = Map.groupBy(subjects, (_subject, index) => own[index] ?? others ?? 'unknown');
    for (const [level, weaker] of byLevel) {
      if (level === String(LEVEL)) continue;
      warn(
        `the schema registry has compatibility level ${level}, not ${LEVEL}, for ${weaker.join(', ')}: ` +
          'it accepts schemas that make records unreadable',
      );
    }
  } catch (error) {
    warn(`the compatibility levels of the schema registry cannot be read: ${errorMessage(error)}`);
  }
}
