import isNumber from 'is-number';

export const handler = (event) => ({ text: event.text, isNumber: isNumber(event.text) });
