/** Time comes in as an argument, so that rules about it can be tested. */
export type Clock = { now(): Date };
export const systemClock: Clock = { now: () => new Date() };
