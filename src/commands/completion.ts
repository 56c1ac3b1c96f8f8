/**
 * `mailtrace completion bash|zsh|fish`: a script made from the commands' own definitions.
 */
import { Command } from 'commander';
import { UsageError, didYouMean } from '../errors.ts';
import type { Io } from '../io.ts';
import { EXIT } from './exit.ts';
import { REPORT_FORMATS } from '../render/report/index.ts';
import { REPORT_KINDS } from '../report/document.ts';
import { COMPARE_WORDS, SHOW_FORMATS, wordsOf } from './filter-options.ts';
import { COMMANDS } from './registry.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const EXAMPLES = `
Examples:
  mailtrace completion bash \\
    > ~/.local/share/bash-completion/completions/mailtrace
  mailtrace completion zsh > ~/.zfunc/_mailtrace
    (with fpath+=~/.zfunc before compinit)
  mailtrace completion fish > ~/.config/fish/completions/mailtrace.fish
`;

export function newCompletionCommand(io: Io, done: (status: number) => void): Command {
  return new Command('completion')
    .description('Completion of commands, options and their words for a shell.')
    .argument('<shell>', 'bash, zsh or fish')
    .usage('bash|zsh|fish')
    .option('--debug', 'the stack of an error')
    .addHelpText('after', EXAMPLES)
    .action(async (shell: string) => {
      const found = SHELLS.find((each) => each === shell);
      if (found === undefined) {
        throw new UsageError({
          where: 'completion',
          what: `unknown shell '${shell}'`,
          help: didYouMean(shell, SHELLS),
        });
      }
      done(await completionRun(found, io));
    });
}

interface Described {
  name: string;
  summary: string;
  options: readonly OptionWords[];
  /** words of the first argument */
  arguments: readonly string[];
  /** and files behind them */
  takesPaths: boolean;
}

interface OptionWords {
  short: string | undefined;
  long: string;
  help: string;
  takesValue: boolean;
  words: readonly string[] | undefined;
}

/** Words of options that mean others elsewhere. */
const OWN_WORDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  show: { '--format': SHOW_FORMATS },
  report: { '--format': REPORT_FORMATS, '--compare': COMPARE_WORDS },
};

const ARGUMENTS: Readonly<Record<string, readonly string[]>> = { completion: SHELLS, report: REPORT_KINDS };

async function describe(io: Io): Promise<Described[]> {
  const described: Described[] = [];
  for (const [name, entry] of Object.entries(COMMANDS)) {
    const command = (await entry.load())(io, () => undefined);
    const options = command.options.flatMap(({ short, long, description, required }) =>
      long === undefined || long === null
        ? []
        : [
            {
              short,
              long,
              help: description,
              // an optional value stands behind `=`, never in the next word
              takesValue: required,
              words: OWN_WORDS[name]?.[long] ?? wordsOf(long),
            },
          ],
    );
    options.push({ short: '-h', long: '--help', help: 'help', takesValue: false, words: undefined });
    described.push({
      name,
      summary: entry.summary,
      options,
      arguments: ARGUMENTS[name] ?? [],
      takesPaths: name !== 'completion',
    });
  }
  return described;
}

export async function completionRun(shell: Shell, io: Io): Promise<number> {
  const commands = await describe(io);
  io.stdout.write(shell === 'bash' ? bash(commands) : shell === 'zsh' ? zsh(commands) : fish(commands));
  return EXIT.found;
}

function flagsOf({ short, long }: OptionWords): string[] {
  return short === undefined ? [long] : [short, long];
}

function argumentCase(words: readonly string[], takesPaths: boolean): string {
  if (words.length === 0) return ':';
  const isFirst = takesPaths ? ' && ((COMP_CWORD == 2))' : '';
  return `[[ -z $words ]]${isFirst} && words="${words.join(' ')}"`;
}

function bash(commands: readonly Described[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const cases = commands.map(({ name, options, arguments: words, takesPaths }) => {
    const valued = options.filter(({ takesValue }) => takesValue);
    const withWords = valued.flatMap((option) =>
      option.words === undefined ? [] : [`        ${flagsOf(option).join('|')}) words="${option.words.join(' ')}" ;;`],
    );
    const plain = valued.filter(({ words }) => words === undefined).flatMap(flagsOf);
    const plainCase = plain.length === 0 ? [] : [`        ${plain.join('|')}) return ;;`];
    const inner = [...withWords, ...plainCase];
    const previous = inner.length === 0 ? '' : `      case $prev in\n${inner.join('\n')}\n      esac\n`;
    return `    ${name})\n${previous}      options="${options.flatMap(flagsOf).join(' ')}"\n      ${argumentCase(words, takesPaths)} ;;`;
  });
  return `# bash completion for mailtrace
_mailtrace() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} words="" options=""
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$cur"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  elif [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  else
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}
complete -F _mailtrace mailtrace
`;
}

/** A text inside single quotes of a shell. */
function quoted(text: string): string {
  return text.replaceAll("'", `'\\''`);
}

/** A text inside the brackets of a zsh option. */
function bracket(text: string): string {
  return quoted(text.replaceAll(/[[\]:]/g, (sign) => `\\${sign}`));
}

function zsh(commands: readonly Described[]): string {
  const cases = commands.map(({ name, options, arguments: words, takesPaths }) => {
    const specs = options.flatMap((option) => {
      const value = !option.takesValue
        ? ''
        : option.words === undefined
          ? ':value: '
          : `:value:(${option.words.join(' ')})`;
      const help = option.help === '' ? 'leaves out' : option.help;
      return flagsOf(option).map((flag) => `        '*${flag}[${bracket(help)}]${value}'`);
    });
    const first = `word:(${words.join(' ')})'`;
    const rest =
      words.length === 0 ? `'*:path:_files'` : takesPaths ? `'1:${first} \\\n        '*:path:_files'` : `'*:${first}`;
    return `      ${name})\n        _arguments -s \\\n${[...specs, `        ${rest}`].join(' \\\n')} ;;`;
  });
  return `#compdef mailtrace
_mailtrace() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    '${name}:${quoted(summary)}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _mailtrace ]; then _mailtrace "$@"; else compdef _mailtrace mailtrace; fi
`;
}

function fish(commands: readonly Described[]): string {
  const lines = ['# fish completion for mailtrace'];
  for (const { name, summary } of commands) {
    lines.push(`complete -c mailtrace -n __fish_use_subcommand -f -a ${name} -d '${quoted(summary)}'`);
  }
  for (const { name, options, arguments: words, takesPaths } of commands) {
    const when = `-n '__fish_seen_subcommand_from ${name}'`;
    const files = takesPaths ? '' : '-f ';
    if (words.length > 0) lines.push(`complete -c mailtrace ${when} ${files}-a '${words.join(' ')}'`);
    for (const { short, long, help, takesValue, words: values } of options) {
      const parts = ['complete -c mailtrace', when, `-l ${long.slice(2)}`];
      if (short !== undefined) parts.push(`-s ${short.slice(1)}`);
      if (takesValue) parts.push(values === undefined ? '-r' : `-x -a '${values.join(' ')}'`);
      if (help !== '') parts.push(`-d '${quoted(help)}'`);
      lines.push(parts.join(' '));
    }
  }
  return `${lines.join('\n')}\n`;
}
