/** Arguments with which Node is the server. */
export const SERVER: readonly string[];
