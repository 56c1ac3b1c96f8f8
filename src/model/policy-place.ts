/**
 * Where the policy of those who come through sudo is, and whose it must be. The built program has one such place, in io.ts; no
 * option, variable or file changes it. Tests hand in another.
 */
export interface PolicyPlace {
  /** absolute: `/etc/mailtrace/policy.yaml`; the configuration beside it is the only one that holds under a policy */
  readonly path: string;
  /** uid that must own the file and every folder above it */
  readonly owner: number;
  /** the highest folder that is looked at; undefined = the root */
  readonly top?: string;
  /** passwd(5) and group(5) */
  readonly passwd: string;
  readonly group: string;
  /** id(1), asked for the groups of users who are in no file (LDAP); undefined = nobody is asked */
  readonly id?: string;
}
