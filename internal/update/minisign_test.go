package update_test

// Made by minisign 0.11 itself: minisign -S, and minisign -Sl for the older form.
const (
	minisignManifest = `{"format":1,"product":"waybill","version":"1.2.0","released":"2026-11-01T00:00:00Z","expires":"2027-11-01T00:00:00Z","page":"https://example.com/","notes":{"en":"New."},"downloads":[]}
`
	minisignKey    = "RWQPxOihQaCF9HJ3yVgJltUjSSIQ/2JwzQXGdH9RxfurefFdzkwG5NlG"
	minisignHashed = `untrusted comment: signature from minisign secret key
RUQPxOihQaCF9BGiqdD74cD3K30JovMLfQuhrLoLUSco7ZW/ZoGMHl37M+XNZ7gU0tLbNCFi8zdFMwP+7thOP6qyF8ZxzHa+Hgc=
trusted comment: the form of today
MgE3F1mTPNSYwfm+0tsl2lZeXfVsTmZ3WNJ4IeRliypYZcjM46qwbPVYUYbGZU8qwe0t4OzLV1ZPYywxWouBAA==
`
	minisignLegacy = `untrusted comment: signature from minisign secret key
RWQPxOihQaCF9ON7QyB+8+y4KzogAyMe9Avgj5koa1HebxV8MK0XOWE8f/u0GeKksZHE5vrsnUqPIsQI+KjtZsb9tdCXAmF+Lg4=
trusted comment: the older form
KnqGz7UqUJ8K+xOq0qI2Dn6h75C1hDltoHIOToM3IW4rS+eJ2jbUA/IR+8SKMzFoBWU6C9O8nxifC3JxiaCyAA==
`
)
