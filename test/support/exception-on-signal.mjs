// For `node --import`: SIGUSR2 throws an exception that nothing catches, and SIGWINCH rejects a promise that nothing handles.
process.on('SIGUSR2', () => {
  throw new Error('thrown by the test');
});
process.on('SIGWINCH', () => void Promise.reject(new Error('rejected by the test')));
