/**
 * A log record as it stands in its line, made plain: what is null, empty or of another type is left out.
 * Source: KumoMTA docs/reference/log_record.md; crates/kumo-log-types/src/lib.rs JsonLogRecord; crates/rfc5321 Response.
 * Errors: undefined for what is no record.
 */
export interface KumoRecord {
  type: string;
  /** of the spool: the mail's id; an OOB record has that of the report */
  id: string | undefined;
  /** '' is the null sender */
  sender: string | undefined;
  recipients: string[];
  /** 0 where the mail was not in memory */
  size: number;
  code: number;
  dsn: string | undefined;
  content: string | undefined;
  /** the answer in one line: code, enhanced code, text */
  reply: string | undefined;
  command: string | undefined;
  peerName: string | undefined;
  peerIp: string | undefined;
  /** since the mail came in; -1 where not told */
  delayMs: number;
  subject: string | undefined;
  messageId: string | undefined;
  headerFrom: string | undefined;
  tls: string | undefined;
  receptionProtocol: string | undefined;
  deliveryProtocol: string | undefined;
  session: string | undefined;
}

/** A mail that was longer in the queue (three thousand years) was not in the queue. */
const MOST_SECONDS = 1e11;

type Fields = Readonly<Record<string, unknown>>;

export function readRecord(line: string): KumoRecord | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const record = fieldsOf(parsed);
  const type = textOf(record['type']);
  if (type === undefined) return undefined;
  const response = fieldsOf(record['response']);
  const peer = fieldsOf(record['peer_address']);
  const headers = lowered(fieldsOf(record['headers']));
  const code = numberOf(response['code']);
  const dsn = enhanced(fieldsOf(response['enhanced_code']));
  const content = textOf(response['content']);
  const reply = [code > 0 ? String(code) : undefined, dsn, content].filter((part) => part !== undefined).join(' ');
  const { sender } = record;
  return {
    type,
    id: textOf(record['id']),
    sender: typeof sender === 'string' ? bare(sender) : undefined,
    recipients: listOf(record['recipient']),
    size: numberOf(record['size']),
    code: code >= 200 && code < 600 ? code : 0,
    dsn,
    content,
    reply: content === undefined && dsn === undefined ? undefined : reply,
    command: textOf(response['command']),
    peerName: textOf(peer['name'])?.replace(/\.$/, ''),
    peerIp: textOf(peer['addr']),
    delayMs: delayOf(record),
    subject: textOf(headers.get('subject')),
    messageId: textOf(headers.get('message-id')) === undefined ? undefined : bare(String(headers.get('message-id'))),
    headerFrom: textOf(headers.get('from')),
    tls: [textOf(record['tls_protocol_version']), textOf(record['tls_cipher'])].filter(Boolean).join(' ') || undefined,
    receptionProtocol: textOf(record['reception_protocol']),
    deliveryProtocol: textOf(record['delivery_protocol']),
    session: textOf(record['session_id']),
  };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** Names of headers as whoever configured the log wrote them. */
function lowered(fields: Fields): Map<string, unknown> {
  return new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number {
  return Number.isSafeInteger(value) ? (value as number) : 0;
}

function listOf(value: unknown): string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one): one is string => typeof one === 'string' && one !== '').map(bare);
}

function bare(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith('<') && trimmed.endsWith('>') ? trimmed.slice(1, -1) : trimmed;
}

function enhanced(fields: Fields): string | undefined {
  const parts = [fields['class'], fields['subject'], fields['detail']];
  return parts.every((part) => Number.isInteger(part)) ? parts.join('.') : undefined;
}

/** With fractions where the record tells them; the whole seconds of both sides may be off by one. */
function delayOf(record: Fields): number {
  const [at, from] = [record['event_time'], record['created_time']].map((time) =>
    typeof time === 'string' ? Date.parse(time) : Number.NaN,
  );
  const precise = (at ?? Number.NaN) - (from ?? Number.NaN);
  if (precise >= 0) return precise;
  const { timestamp, created } = record;
  if (typeof timestamp !== 'number' || typeof created !== 'number') return -1;
  const seconds = timestamp - created;
  // JSON has numbers that are no times: 1e309
  return seconds >= 0 && seconds < MOST_SECONDS ? seconds * 1000 : -1;
}
