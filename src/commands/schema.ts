/**
 * `mailtrace schema`: the JSON Schema of one message, for programs that read `--json`.
 */
import { Command } from 'commander';
import type { Io } from '../io.ts';
import { EXIT } from './exit.ts';

export function newSchemaCommand(io: Io, done: (status: number) => void): Command {
  return new Command('schema')
    .description('The JSON Schema of one message, as --format ndjson prints it.')
    .usage('')
    .option('--debug', 'the stack of an error')
    .action(async () => {
      done(await schemaRun(io));
    });
}

export async function schemaRun(io: Io): Promise<number> {
  const { jsonSchema } = await import('../render/schema.ts');
  io.stdout.write(`${JSON.stringify(jsonSchema(), undefined, 2)}\n`);
  return EXIT.found;
}
