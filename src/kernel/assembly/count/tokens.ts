/** What shapes are made of; places and hashes follow those that take one. And keys of facts that hold for a whole log. */

export const T_BORN = 1;
export const T_MID = 2;
export const T_QUEUED = 3;
export const T_TO = 4;
export const T_REMOVED = 5;
export const T_CHILD = 6;
export const T_EDGE = 7;
export const T_SESSION = 8;
export const T_END = 9;
export const T_TLS = 10;
export const T_MARK = 11;
export const T_REFUSAL = 12;
export const T_SUBJECT = 13;
export const T_NOTICE = 14;
export const T_EXPIRED = 15;
export const T_OPEN = 16;
export const T_SCREEN = 17;
export const T_LOOKUPS = 18;
export const T_ABANDONED = 19;

/** several hosts log refusals; a proxy stands before the queue */
export const HOSTS_KEY = 0x484f5354;
export const PROXY_KEY = 0x50524f58;
export const PROCESS_KEY = 0x50494400;
