/** The generated files and the operations that each client calls. */
import type { ApiTypesOptions } from './generate-api-types.ts';

export const GENERATED_FILES: Readonly<Record<string, ApiTypesOptions>> = {
  'clients/typescript/src/api.generated.ts': {
    operations: [
      'requestEntry',
      'getMyEntry',
      'followMyEntry',
      'leaveQueue',
      'claimAdmission',
      'completeAdmission',
      'getQueue',
    ],
    enumValues: true,
  },
  'apps/console/src/api.generated.ts': {
    operations: [
      'listQueues',
      'configureQueue',
      'pauseQueue',
      'resumeQueue',
      'closeQueue',
      'postNotice',
      'disqualifyUser',
      'reinstateUser',
      'getProjections',
    ],
    enumValues: false,
  },
};
