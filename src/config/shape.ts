/**
 * The configuration file: its shape, with words for what is wrong. Loaded only where there is a file.
 */
import { isIP } from 'node:net';
import { z } from 'zod';

// zod makes code of text else, where it may
z.config({ jitless: true });

const text = z.string().trim().min(1, 'is empty');
const texts = z.union([text.transform((one) => [one]), z.array(text)], {
  error: ({ input }) =>
    input === undefined ? 'is missing: write a text, or a list of texts' : 'is neither a text nor a list of texts',
});
const RELAY = 'is no relay: write 127.0.0.1:10024, filter.example.com or filter.example.com:25';
const MOST_PORT = 65_535;
const domain = text.regex(
  /^\.?[^\s@*/]+\.[^\s@*/]+$/,
  'is no domain: write example.com, or .example.com for it and all below it',
);
const address = text.regex(/^[^\s<>]+@[^\s<>@]+$/, 'is no address: write user@example.com');
const network = text.refine(isNetwork, 'is no network: write 192.0.2.0/24, 2001:db8::/32 or an address');
const relay = text
  .regex(/^[^\s]+$/, RELAY)
  .refine((typed) => Number(/^[^:]*:(\d+)$|\]:(\d+)$/.exec(typed)?.slice(1).join('') ?? 0) <= MOST_PORT, RELAY);

function isNetwork(typed: string): boolean {
  const [ip = '', prefix, more] = typed.split('/');
  const version = isIP(ip);
  if (version === 0 || more !== undefined) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

const path = text.regex(/^[^\s]+$/, 'is no path of keys: write message, or log.original for a key within another');

const json = z.strictObject({
  source: text.optional(),
  text: path,
  time: path.optional(),
  host: path.optional(),
  program: path.optional(),
  pid: path.optional(),
});
const alias = z.strictObject({ address, for: texts });
const mail = z.strictObject({
  from: address.optional(),
  smtp: text.optional(),
  user: text.optional(),
  passwordFile: text.optional(),
});

export const configShape = z.strictObject({
  /** our domains: `example.com`, `.example.com` with those below it */
  domains: z.array(domain).optional(),
  /** networks of our own clients */
  networks: z.array(network).optional(),
  /** what is read where no PATH is given: files, folders, globs */
  sources: texts.optional(),
  /** zone of stamps that name none: host name or path glob -> zone; `*` = all */
  zones: z.record(z.string(), text).optional(),
  /** collectors' JSON: where an object has the line, and the parts that are told beside it; for all sources, or a path glob */
  json: z.array(json).optional(),
  /** relays that are content filters */
  filters: z.array(relay).optional(),
  /** addresses to which our servers send copies (archives) */
  added: z.array(address).optional(),
  /** service addresses that stand for other recipients: a search for these finds mail to it */
  aliases: z.array(alias).optional(),
  /** how reports are mailed: sender, server (else the sendmail command), login */
  mail: mail
    .refine(
      ({ user, passwordFile }) => (user === undefined) === (passwordFile === undefined),
      'user and passwordFile go together',
    )
    .optional(),
});

export type Config = z.infer<typeof configShape>;

/** The words of the file, or of what stands below one of them. */
export function knownWords(list: string | undefined): readonly string[] {
  const entries = { json, aliases: alias, mail };
  return Object.keys((entries[list as keyof typeof entries] ?? configShape).shape);
}
