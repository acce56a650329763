/** The advisory lock of the leading relay. Arbitrary numbers that must not change between versions. */
export const LEADER_LOCK: number[] = [1_668_380_005, 1];
