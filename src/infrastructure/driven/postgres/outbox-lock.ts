/** The advisory lock of the one relay that publishes: two numbers of no meaning, the same in every version. */
export const LEADER_LOCK: number[] = [1_668_380_005, 1];
