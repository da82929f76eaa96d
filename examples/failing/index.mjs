export function handler() {
  console.log('about to fail');
  console.error('this is still in the logs');
  throw new Error('this handler always fails');
}
