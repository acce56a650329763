/** Runs the end-to-end tests that support every kind of log on the embedded log, without other servers. */
process.env['TEST_EVENT_LOG'] = 'embedded';
