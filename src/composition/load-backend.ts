import type { Logger } from '../application/ports/logger.port.ts';
import type { Settings } from '../config/settings.ts';
import type { BackendWiring } from './backend.ts';

/** Imports only the configured backend, so that the embedded mode does not load the clients of Kafka and Redis. */
export async function loadBackend(settings: Settings, logger: Logger): Promise<BackendWiring> {
  if (settings.eventLog === 'embedded') {
    const { EmbeddedBackendWiring } = await import('./embedded-backend.ts');
    return new EmbeddedBackendWiring(settings, logger);
  }
  const { KafkaBackendWiring } = await import('./kafka-backend.ts');
  return new KafkaBackendWiring(settings, logger);
}
