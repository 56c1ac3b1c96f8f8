/**
 * What is ours: domains, networks, content filters and addresses that our servers add. From the configuration; without one
 * the logs alone tell.
 */
export interface Own {
  /** undefined = nobody said which domains are ours */
  readonly isDomain?: (address: string) => boolean;
  /** a client in our networks */
  readonly isNetwork?: (ip: string) => boolean;
  /** a relay that is a content filter: mail that it took and that does not come back is not delivered */
  readonly isFilter?: (name: string | undefined, ip: string | undefined, port: number) => boolean;
  /** an address to which our servers send copies */
  readonly isAdded?: (address: string) => boolean;
}
