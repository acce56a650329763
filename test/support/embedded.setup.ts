/** The end-to-end tests that hold for every kind of log, on the embedded one: no server but the product's own is needed. */
process.env['TEST_EVENT_LOG'] = 'embedded';
