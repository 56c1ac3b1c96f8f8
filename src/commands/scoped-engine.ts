/**
 * An engine that tells only what is within a scope: the one place between the logs and everything that a command prints,
 * counts, compares or is asked. What it does not hand on (sessions, lines, events, counts of lines, links and notes that come
 * late, ways of reading that tell of mails in sums) there is none of.
 */
import type { RunHandlers, RunIo } from '../pipeline/run.ts';
import type { Scope } from '../scope/index.ts';
import type { Engine } from './engine.ts';

export function scopedEngine(engine: Engine, scope: Scope): Engine {
  // the same object: what packed files were unpacked to hangs on it
  const guarded = (io: RunIo): RunIo => Object.assign(io, scope.allows === undefined ? {} : { allows: scope.allows });
  return {
    async run(request, io, handlers, { onFrame: _onFrame, ...options } = {}) {
      const seen = { messages: 0 };
      const scoped = scopedHandlers(handlers, scope, seen);
      const result = await engine.run({ ...request, wantSessions: false }, guarded(io), scoped, options);
      return { ...result, summary: scope.summary(result.summary, seen.messages) };
    },
    select: async (request, io, plan, options) =>
      engine.select?.({ ...request, wantSessions: false }, guarded(io), plan, options),
    bound: async (request, io, reach, options) => engine.bound?.(request, guarded(io), reach, options),
    readLines: (lines, files) => engine.readLines(lines, files),
    reasonOf: (recipient) => engine.reasonOf(recipient),
    scope,
  };
}

function scopedHandlers(handlers: RunHandlers, scope: Scope, seen: { messages: number }): RunHandlers {
  const { keepsMessages } = handlers;
  return {
    onMessage(message) {
      const shown = scope.message(message);
      if (shown === undefined) return false;
      seen.messages++;
      handlers.onMessage(shown);
      // what is kept is the copy: nothing that comes later is added to it
      return false;
    },
    ...(keepsMessages === undefined ? {} : { keepsMessages }),
    ...(handlers.reasonOf === undefined ? {} : { reasonOf: (recipient) => handlers.reasonOf?.(recipient) }),
    ...(handlers.onRestart === undefined
      ? {}
      : {
          onRestart() {
            seen.messages = 0;
            handlers.onRestart?.();
          },
        }),
  };
}
