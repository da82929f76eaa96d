import { SraasError } from '../errors.ts';

export function functionNotThere(name: string): SraasError {
  return new SraasError(
    'FUNCTION_NOT_FOUND',
    `There is no function ${name}: deploy it first, or list the functions there are.`,
  );
}

export function versionNotThere(name: string, number: number, newest: number): SraasError {
  return new SraasError('VERSION_NOT_FOUND', `Function ${name} has no version ${number}: its newest is ${newest}.`);
}

export function aliasNotThere(functionName: string, alias: string): SraasError {
  return new SraasError(
    'ALIAS_NOT_FOUND',
    `Function ${functionName} has no alias ${alias}: point it at a version first, or list the aliases there are.`,
  );
}
