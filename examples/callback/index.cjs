exports.handler = (event, context, callback) => {
  setTimeout(() => {
    if (typeof event.text !== 'string') callback(new TypeError('text must be a string'));
    else callback(null, { reversed: [...event.text].reverse().join('') });
  }, 10);
};
