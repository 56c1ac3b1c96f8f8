/**
 * The policy file: its shape, with words for what is wrong. Loaded only where somebody comes through sudo.
 */
import { z } from 'zod';

const domain = z
  .string()
  .trim()
  .regex(/^\.?[^\s@*/,;<>"\\]+$/, 'is no domain: write example.com, or .example.com for it and all below it');
const source = z
  .string()
  .regex(
    /^\/(?!.*\/\.\.?(?:\/|$))[^[\]{}()!\\\0]+$/,
    'is no source: write an absolute path of a file or folder; * and ? within a name, ** for folders',
  );
const grant = z.strictObject({
  /** what is shown: mail to these domains, and mail from them that a login or an own network sent */
  domains: z.array(domain).min(1, 'is empty'),
  /** what is read, and nothing else */
  sources: z.array(source).min(1, 'is empty'),
});

export const policyShape = z.strictObject({
  /** by login name; a user with an entry of their own has this one alone */
  users: z.record(z.string(), grant).optional(),
  /** by group name; of several groups with the same sources all domains count */
  groups: z.record(z.string(), grant).optional(),
});

export type Policy = z.infer<typeof policyShape>;
export type PolicyEntry = z.infer<typeof grant>;
