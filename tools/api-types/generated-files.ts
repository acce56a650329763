/** Which files are written from the API's own description, and what each of them knows of it. */
import type { Wanted } from './api-types.ts';

export const GENERATED: Readonly<Record<string, Wanted>> = {
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
    lists: { ERROR_CODES: 'Problem.code', ENTRY_STATES: 'Entry.state' },
  },
  'apps/console/src/api.generated.ts': {
    operations: [
      'listQueues',
      'configureQueue',
      'pauseQueue',
      'resumeQueue',
      'closeQueue',
      'disqualifyUser',
      'reinstateUser',
      'getProjections',
    ],
  },
};
