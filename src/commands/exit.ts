/** Exit statuses (cli.md "Manners"). */
export const EXIT = {
  found: 0,
  nothing: 1,
  trouble: 2,
  /** --fail-over */
  alert: 3,
  interrupted: 130,
} as const;
