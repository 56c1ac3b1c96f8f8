/** An engine for tests of the commands: hands on messages that the test made, and remembers what it was asked for. */
import type { Engine } from '../../src/commands/engine.ts';
import type { ChainLine, Message, Session } from '../../src/model/message.ts';
import type { RunRequest, RunSummary, SourceSummary } from '../../src/model/run.ts';
import type { RunIo } from '../../src/pipeline/run.ts';

export interface FakeEngine extends Engine {
  requests: RunRequest[];
  ios: RunIo[];
  /** what onMessage answered, in order */
  kept: boolean[];
}

export function aSource(over: Partial<SourceSummary> = {}): SourceSummary {
  return {
    path: 'mail.log',
    seekable: true,
    lines: 10,
    bytes: 1000,
    formats: ['postfix'],
    event: 10,
    ignored: 0,
    unknown: 0,
    unframed: 0,
    foreign: 0,
    reasons: {},
    ...over,
  };
}

/** A line of a chain whose bytes are known. */
export function aLine(text: string, line = 1): ChainLine {
  return { source: 0, line, offset: 0, length: text.length, at: 0, order: line, bytes: Buffer.from(text) };
}

export function fakeEngine(
  messages: readonly Message[],
  over: { sessions?: readonly Session[]; summary?: Partial<RunSummary>; after?: () => void } = {},
): FakeEngine {
  const engine: FakeEngine = {
    requests: [],
    ios: [],
    kept: [],
    async run(request, io, handlers) {
      engine.requests.push(request);
      engine.ios.push(io);
      // The pipeline hands on objects of its own, which a filter may mark.
      for (const message of messages) engine.kept.push(handlers.onMessage(structuredClone(message)));
      if (request.wantSessions) for (const session of over.sessions ?? []) handlers.onSession?.(session, 1);
      over.after?.();
      const summary: RunSummary = {
        sources: [aSource()],
        problems: [],
        assumptions: [],
        messages: messages.length,
        sessions: {},
        interrupted: false,
        ...over.summary,
      };
      return {
        summary,
        files: [
          { path: 'mail.log', full: '/mail.log', kind: 'file', encoding: 'plain', size: 1, mtime: 0, identity: '1' },
        ],
      };
    },
    readLines: (lines) => new Map(lines.map((line) => [line, line.bytes])),
    reasonOf: () => undefined,
  };
  return engine;
}
