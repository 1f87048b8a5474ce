PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE record (
			id           TEXT PRIMARY KEY,
			path         TEXT NOT NULL, name TEXT NOT NULL,
			profile      TEXT NOT NULL, region TEXT NOT NULL, endpoint TEXT NOT NULL,
			sandbox      INTEGER NOT NULL, allow_http INTEGER NOT NULL,
			bucket       TEXT NOT NULL, prefix TEXT NOT NULL, key TEXT NOT NULL,
			size         INTEGER NOT NULL,
			content_type TEXT NOT NULL, etag TEXT NOT NULL, checksum TEXT NOT NULL,
			state        TEXT NOT NULL, trouble_code TEXT NOT NULL, trouble TEXT NOT NULL,
			created      INTEGER NOT NULL, -- microseconds since 1970
			asked        INTEGER NOT NULL, -- seconds
			ends         INTEGER,          -- microseconds since 1970; NULL: not known
			because      TEXT NOT NULL,
			verified     INTEGER NOT NULL, inline INTEGER NOT NULL
		) STRICT;
INSERT INTO record VALUES('01a214da-b6b1-7604-bb59-54d4272e2ca9','/home/alice/hello.txt','hello.txt','','','',1,0,'sandbox','','hello.txt',6,'text/plain; charset=utf-8','b1946ac92492d2347c6235b4d2611184','crc64nvme:akP7S61aVgc=','sent','','',1795646207681006,3600,1795649807000000,'requested',1,0);
INSERT INTO record VALUES('01a214da-b733-74df-b6db-16af3e216d99','/home/alice/nothing-there','nothing-there','','','http://127.0.0.1:1',0,0,'no-such','','nothing-there',0,'','','','failed','FileGone','nothing-there is not there.',1795646207795365,3600,NULL,'',0,0);
CREATE INDEX record_created ON record (created DESC, id DESC);
COMMIT;
PRAGMA user_version = 1;
