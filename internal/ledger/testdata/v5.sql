PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE arrival (
			request TEXT NOT NULL, key TEXT NOT NULL,
			name TEXT NOT NULL,
			size INTEGER NOT NULL,
			content_type TEXT NOT NULL, etag TEXT NOT NULL, checksum TEXT NOT NULL,
			came INTEGER NOT NULL, -- microseconds since 1970
			seen INTEGER NOT NULL, gone INTEGER NOT NULL,
			PRIMARY KEY (request, key)
		) STRICT, WITHOUT ROWID;
CREATE TABLE page (
			page TEXT NOT NULL, file TEXT NOT NULL, -- records
			place INTEGER NOT NULL,
			PRIMARY KEY (page, file)
		) STRICT, WITHOUT ROWID;
CREATE TABLE plan (
			id TEXT PRIMARY KEY, owner TEXT NOT NULL,
			created INTEGER NOT NULL, -- microseconds since 1970
			content TEXT NOT NULL
		) STRICT;
INSERT INTO "plan" VALUES('p1','left',1764108000000000,'{"dropped":[]}');
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
		, plan TEXT NOT NULL DEFAULT '', account TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', signed INTEGER NOT NULL DEFAULT 0, kind TEXT NOT NULL DEFAULT '', via TEXT NOT NULL DEFAULT '', revoked INTEGER NOT NULL DEFAULT 0, undo TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO "record" VALUES('01a214da-b733-74df-b6db-16af3e216d99','/home/alice/nothing-there','nothing-there','','','http://127.0.0.1:1',0,0,'no-such','','nothing-there',0,'','','','failed','FileGone','nothing-there is not there.',1795646207795365,3600,NULL,'',0,0,'01a214da-b732-75bf-9942-c1bd6ba5413f','','',0,'','',0,'');
INSERT INTO "record" VALUES('01a214da-b6b1-7604-bb59-54d4272e2ca9','/home/alice/hello.txt','hello.txt','','','',1,0,'sandbox','','hello.txt',6,'text/plain; charset=utf-8','b1946ac92492d2347c6235b4d2611184','crc64nvme:akP7S61aVgc=','sent','','',1795646207681006,3600,1795649807000000,'requested',1,0,'01a214da-b6b0-7d32-8e86-f8ea60467249','123456789012','for Zoë',0,'','',0,'');
CREATE TABLE region (
			store TEXT NOT NULL, bucket TEXT NOT NULL, region TEXT NOT NULL,
			PRIMARY KEY (store, bucket)
		) STRICT, WITHOUT ROWID;
INSERT INTO "region" VALUES('aws','team-share','eu-west-1');
CREATE TABLE request (
			id         TEXT PRIMARY KEY,
			profile    TEXT NOT NULL, region TEXT NOT NULL, endpoint TEXT NOT NULL,
			sandbox    INTEGER NOT NULL, allow_http INTEGER NOT NULL,
			account    TEXT NOT NULL,
			bucket     TEXT NOT NULL, prefix TEXT NOT NULL, folder TEXT NOT NULL, page TEXT NOT NULL,
			content    TEXT NOT NULL,
			made       INTEGER NOT NULL, -- microseconds since 1970
			asked      INTEGER NOT NULL, -- seconds
			ends       INTEGER,          -- microseconds since 1970; NULL: not known
			because    TEXT NOT NULL,
			closed     INTEGER NOT NULL, -- microseconds since 1970; 0: it is not
			denied     INTEGER NOT NULL,
			looked     INTEGER NOT NULL, -- microseconds since 1970; 0: never
			tidied     INTEGER NOT NULL
		) STRICT;
INSERT INTO "request" VALUES('0193a000-0000-7000-8000-000000000001','','','',1,0,'','sandbox','inbox/','inbox/2026-11-25 Zoë/','inbox/2026-11-25 Zoë.html','{"for":"Zoë"}',1795600800000000,3600,1795604400000000,'requested',0,0,0,0);
CREATE TABLE upload (
			id TEXT PRIMARY KEY, plan TEXT NOT NULL,
			path TEXT NOT NULL, name TEXT NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL,
			started INTEGER NOT NULL, -- microseconds since 1970
			content TEXT NOT NULL, done INTEGER NOT NULL
		) STRICT;
INSERT INTO "upload" VALUES('u1','p1','/home/alice/big','big','sandbox','big',1764108000000000,'{}',0);
CREATE INDEX record_created ON record (created DESC, id DESC);
CREATE INDEX record_plan ON record (plan) WHERE plan <> '';
CREATE INDEX upload_plan ON upload (plan);
CREATE INDEX page_file ON page (file);
CREATE INDEX record_key ON record (bucket, key);
COMMIT;
PRAGMA user_version = 5;
