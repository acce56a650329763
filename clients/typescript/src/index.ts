export {
  type Admission,
  type Entry,
  type EntryAccepted,
  type EntryRequest,
  entryStateValues as ENTRY_STATES,
  type Notice,
  type Policy,
  type Problem,
  problemCodeValues as ERROR_CODES,
  type Queue,
  type Receipt,
  type Receipted,
} from './api.generated.ts';
export { Backoff, type BackoffOptions, pause } from './backoff.ts';
export { ConnectionError, type ErrorCode, isPassing, NoEntryError, QueueProblem } from './errors.ts';
export type { Connection, FollowOptions, QueueStatus, Update } from './follow.ts';
export { hasEnded } from './follow-state.ts';
export { BrowserTokens, MemoryTokens, type StorageLike, type TokenStore } from './token-store.ts';
export { type CallOptions, WaitingRoom, type WaitingRoomOptions } from './waiting-room.ts';
