/**
 * The version, put in by the build from package.json.
 */
declare const MAILTRACE_VERSION: string | undefined;

export const version: string = typeof MAILTRACE_VERSION === 'string' ? MAILTRACE_VERSION : 'unbuilt';
