/**
 * What is ours: domains, networks, content filters and addresses that our servers add. From the configuration; without one
 * the logs alone tell.
 */
export interface Own {
  /** undefined = nobody said which domains are ours */
  readonly isDomain?: (address: string) => boolean;
  /** what was configured that makes it so: `example.com`, `.example.org` */
  readonly domainOf?: (address: string) => string | undefined;
  /** a client in our networks */
  readonly isNetwork?: (ip: string) => boolean;
  /** what was configured that makes it so: `192.0.2.0/24` */
  readonly networkOf?: (ip: string) => string | undefined;
  /** a relay that is a content filter: mail that it took and that does not come back is not delivered */
  readonly isFilter?: (name: string | undefined, ip: string | undefined, port: number) => boolean;
  /** an address to which our servers send copies */
  readonly isAdded?: (address: string) => boolean;
}
