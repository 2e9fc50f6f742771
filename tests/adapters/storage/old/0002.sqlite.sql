BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE assets (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_assets PRIMARY KEY (number), 
	CONSTRAINT uq_assets_id UNIQUE (id)
);
CREATE TABLE cards (
	number INTEGER NOT NULL, 
	platform TEXT NOT NULL, 
	workspace TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	thread TEXT NOT NULL, 
	id TEXT NOT NULL, 
	job TEXT, 
	wanted INTEGER NOT NULL, 
	shown INTEGER NOT NULL, 
	rendered INTEGER NOT NULL, 
	card TEXT, 
	message TEXT, 
	recipient TEXT, 
	wanted_at DATETIME NOT NULL, 
	waiting_since DATETIME NOT NULL, 
	retry_at DATETIME, 
	leased_by TEXT, 
	leased_until DATETIME, 
	CONSTRAINT pk_cards PRIMARY KEY (number), 
	CONSTRAINT uq_cards_id UNIQUE (id), 
	CONSTRAINT fk_cards_job FOREIGN KEY(job) REFERENCES jobs (id)
);
CREATE TABLE clip_keys (
	number INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	clip TEXT NOT NULL, 
	CONSTRAINT pk_clip_keys PRIMARY KEY (number), 
	CONSTRAINT uq_clip_keys_key UNIQUE ("key")
);
CREATE TABLE clips (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	platform TEXT NOT NULL, 
	workspace TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	poster TEXT NOT NULL, 
	last_frame TEXT NOT NULL, 
	made_at DATETIME NOT NULL, 
	expires_at DATETIME, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_clips PRIMARY KEY (number), 
	CONSTRAINT uq_clips_id UNIQUE (id)
);
CREATE TABLE events (
	number INTEGER NOT NULL, 
	platform TEXT NOT NULL, 
	workspace TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	thread TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	body TEXT NOT NULL, 
	received_at DATETIME NOT NULL, 
	done_at DATETIME, 
	claims INTEGER NOT NULL, 
	leased_by TEXT, 
	leased_until DATETIME, 
	CONSTRAINT pk_events PRIMARY KEY (number), 
	CONSTRAINT uq_events_key UNIQUE ("key")
);
CREATE TABLE jobs (
	number INTEGER NOT NULL, 
	platform TEXT NOT NULL, 
	workspace TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	thread TEXT NOT NULL, 
	id TEXT NOT NULL, 
	author_platform TEXT NOT NULL, 
	author_workspace TEXT NOT NULL, 
	author_id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	provider TEXT, 
	model TEXT, 
	made_at DATETIME NOT NULL, 
	confirmed_at DATETIME, 
	submitted_at DATETIME, 
	completed_at DATETIME, 
	next_step_at DATETIME, 
	leased_by TEXT, 
	leased_until DATETIME, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_jobs PRIMARY KEY (number), 
	CONSTRAINT uq_jobs_id UNIQUE (id)
);
CREATE TABLE ledger (
	number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	credits TEXT NOT NULL, 
	job TEXT NOT NULL, 
	platform TEXT NOT NULL, 
	workspace TEXT NOT NULL, 
	person_id TEXT NOT NULL, 
	person_name TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_ledger PRIMARY KEY (number), 
	CONSTRAINT fk_ledger_job FOREIGN KEY(job) REFERENCES jobs (id)
);
CREATE TABLE notes (
	number INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	text TEXT NOT NULL, 
	until DATETIME NOT NULL, 
	CONSTRAINT pk_notes PRIMARY KEY (number), 
	CONSTRAINT uq_notes_key UNIQUE ("key")
);
INSERT INTO alembic_version (version_num) VALUES ('0002');
INSERT INTO assets (number, id, body) VALUES (1,'A-FOX','{"id":"A-FOX","workspace":"T1","owner":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"name":"fox.png","key":".assets/ab/abababababababababababababababababababababababababababababababab","media":{"kind":"image","mime":"image/png","bytes":1234,"sha256":"abababababababababababababababababababababababababababababababab","width":640,"height":480,"seconds":null,"fps":null,"video_codec":null,"audio_codec":null,"traits":[]},"made_at":"2026-03-01T12:00:00Z"}');
INSERT INTO cards (number, platform, workspace, channel, thread, id, job, wanted, shown, rendered, card, message, recipient, wanted_at, waiting_since, retry_at, leased_by, leased_until) VALUES (1,'slack','T1','C1','1700000000.000100','C-ASKED','J-ASKED',1,1,1,'{"title":"A film","text":"is being made","fields":[],"costs":[],"notes":[],"media":[],"progress":null,"buttons":[],"form":[],"tone":"plain","state":"","job":"","revision":0}','{"conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"id":"170.1"}',NULL,'2026-03-01 12:00:00.000000','2026-03-01 12:00:00.000000',NULL,NULL,NULL);
INSERT INTO cards (number, platform, workspace, channel, thread, id, job, wanted, shown, rendered, card, message, recipient, wanted_at, waiting_since, retry_at, leased_by, leased_until) VALUES (2,'slack','T1','C1','1700000000.000100','C-QUEUED','J-QUEUED',2,2,2,'{"title":"A film","text":"is being made","fields":[],"costs":[],"notes":[],"media":[],"progress":null,"buttons":[],"form":[],"tone":"plain","state":"","job":"","revision":0}','{"conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"id":"170.1"}',NULL,'2026-03-01 12:00:10.000000','2026-03-01 12:00:10.000000',NULL,NULL,NULL);
INSERT INTO cards (number, platform, workspace, channel, thread, id, job, wanted, shown, rendered, card, message, recipient, wanted_at, waiting_since, retry_at, leased_by, leased_until) VALUES (3,'slack','T1','C1','1700000000.000100','C-SENDING','J-SENDING',3,3,3,'{"title":"A film","text":"is being made","fields":[],"costs":[],"notes":[],"media":[],"progress":null,"buttons":[],"form":[],"tone":"plain","state":"","job":"","revision":0}','{"conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"id":"170.1"}',NULL,'2026-03-01 12:00:12.000000','2026-03-01 12:00:12.000000',NULL,NULL,NULL);
INSERT INTO cards (number, platform, workspace, channel, thread, id, job, wanted, shown, rendered, card, message, recipient, wanted_at, waiting_since, retry_at, leased_by, leased_until) VALUES (4,'slack','T1','C1','1700000000.000100','C-RUNNING','J-RUNNING',4,0,0,NULL,NULL,NULL,'2026-03-01 12:00:15.000000','2026-03-01 12:00:00.000000',NULL,NULL,NULL);
INSERT INTO cards (number, platform, workspace, channel, thread, id, job, wanted, shown, rendered, card, message, recipient, wanted_at, waiting_since, retry_at, leased_by, leased_until) VALUES (5,'slack','T1','C1','1700000000.000100','C-DONE','J-DONE',6,0,0,NULL,NULL,NULL,'2026-03-01 12:00:31.000000','2026-03-01 12:00:00.000000',NULL,NULL,NULL);
INSERT INTO cards (number, platform, workspace, channel, thread, id, job, wanted, shown, rendered, card, message, recipient, wanted_at, waiting_since, retry_at, leased_by, leased_until) VALUES (6,'slack','T1','C1','1700000000.000100','C-NO','J-NO',2,0,0,NULL,NULL,NULL,'2026-03-01 12:00:40.000000','2026-03-01 12:00:00.000000',NULL,NULL,NULL);
INSERT INTO cards (number, platform, workspace, channel, thread, id, job, wanted, shown, rendered, card, message, recipient, wanted_at, waiting_since, retry_at, leased_by, leased_until) VALUES (7,'slack','T1','C1','1700000000.000100','C-FAILED','J-FAILED',3,0,0,NULL,NULL,NULL,'2026-03-01 12:00:42.000000','2026-03-01 12:00:00.000000',NULL,NULL,NULL);
INSERT INTO cards (number, platform, workspace, channel, thread, id, job, wanted, shown, rendered, card, message, recipient, wanted_at, waiting_since, retry_at, leased_by, leased_until) VALUES (8,'slack','T1','C1','1700000000.000100','S-HELLO',NULL,1,0,1,'{"title":"Hello","text":"This is what I can do.","fields":[],"costs":[],"notes":[],"media":[],"progress":null,"buttons":[],"form":[],"tone":"plain","state":"","job":"","revision":0}',NULL,'{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"}','2026-03-01 12:00:00.000000','2026-03-01 12:00:00.000000',NULL,NULL,NULL);
INSERT INTO clip_keys (number, key, clip) VALUES (1,'slack-T1/people/U1/promo/dawn.mp4','F-DONE-1');
INSERT INTO clip_keys (number, key, clip) VALUES (2,'slack-T1/space/night.mp4','F-DONE-2');
INSERT INTO clips (number, id, platform, workspace, key, poster, last_frame, made_at, expires_at, body) VALUES (1,'F-DONE-1','slack','T1','slack-T1/people/U1/promo/dawn.mp4','slack-T1/people/U1/promo/.dawn/poster.jpg','slack-T1/people/U1/promo/.dawn/last.jpg','2026-03-01 12:00:30.000000',NULL,'{"id":"F-DONE-1","workspace":"T1","owner":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"job":"J-DONE","drive_path":"promo/dawn.mp4","key":"slack-T1/people/U1/promo/dawn.mp4","bytes":4321,"seconds":5.0,"width":1280,"height":720,"made_at":"2026-03-01T12:00:30Z","poster":"slack-T1/people/U1/promo/.dawn/poster.jpg","last_frame":"slack-T1/people/U1/promo/.dawn/last.jpg","expires_at":null}');
INSERT INTO clips (number, id, platform, workspace, key, poster, last_frame, made_at, expires_at, body) VALUES (2,'F-DONE-2','slack','T1','slack-T1/space/night.mp4','','','2026-03-01 12:00:32.000000',NULL,'{"id":"F-DONE-2","workspace":"T1","owner":{"platform":"slack","workspace":"T1","id":"U2","name":"Bén"},"job":"J-DONE","drive_path":"/space/night.mp4","key":"slack-T1/space/night.mp4","bytes":999,"seconds":4.0,"width":720,"height":1280,"made_at":"2026-03-01T12:00:32Z","poster":"","last_frame":"","expires_at":null}');
INSERT INTO events (number, platform, workspace, channel, thread, key, kind, body, received_at, done_at, claims, leased_by, leased_until) VALUES (1,'slack','T1','C1','1700000000.000100','slack:1','message','{"key":"slack:1","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"text":"a lighthouse keeper ☃ winds the lamp","attachments":[],"at":null,"addressed":true,"earlier":[]}','2026-03-01 12:00:00.000000','2026-03-01 12:00:02.000000',1,NULL,NULL);
INSERT INTO events (number, platform, workspace, channel, thread, key, kind, body, received_at, done_at, claims, leased_by, leased_until) VALUES (2,'slack','T1','C1','1700000000.000100','slack:2','message','{"key":"slack:2","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U2","name":"Bén"},"text":"not heard yet","attachments":[],"at":null,"addressed":true,"earlier":[]}','2026-03-01 12:00:05.000000',NULL,0,NULL,NULL);
INSERT INTO jobs (number, platform, workspace, channel, thread, id, author_platform, author_workspace, author_id, state, version, provider, model, made_at, confirmed_at, submitted_at, completed_at, next_step_at, leased_by, leased_until, body) VALUES (1,'slack','T1','C1','1700000000.000100','J-ASKED','slack','T1','U1','awaiting_confirmation',1,'tollbooth','toll-1','2026-03-01 12:00:00.000000',NULL,NULL,NULL,'2026-03-02 12:00:00.000000',NULL,NULL,'{"id":"J-ASKED","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"a fox that nobody confirmed","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[{"token":"@Image1","kind":"image","role":"first_frame","source":{"kind":"upload","value":"F-1","name":"fox.png","mime":"image/png"},"role_origin":"default","media":{"kind":"image","mime":"image/png","bytes":1234,"sha256":"abababababababababababababababababababababababababababababababab","width":640,"height":480,"seconds":null,"fps":null,"video_codec":null,"audio_codec":null,"traits":[]},"key":".assets/ab/abababababababababababababababababababababababababababababababab","mends":[],"problems":[]}]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:00Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z"},"problems":[],"hints":[],"sheet":".sheets/J-ASKED","state":"awaiting_confirmation","version":1,"state_version":1,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":null,"confirmed_at":null,"attempt":0,"provider_task":null,"submitted_at":null,"progress":null,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":"2026-03-02T12:00:00Z"}');
INSERT INTO jobs (number, platform, workspace, channel, thread, id, author_platform, author_workspace, author_id, state, version, provider, model, made_at, confirmed_at, submitted_at, completed_at, next_step_at, leased_by, leased_until, body) VALUES (2,'slack','T1','C1','1700000000.000100','J-QUEUED','slack','T1','U2','queued',2,'tollbooth','toll-1','2026-03-01 12:00:00.000000','2026-03-01 12:00:10.000000',NULL,NULL,'2026-03-01 12:00:10.000000',NULL,NULL,'{"id":"J-QUEUED","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U2","name":"Bén"},"request":{"prompt":"a queued fox","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:10Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z"},"problems":[],"hints":[],"sheet":".sheets/J-QUEUED","state":"queued","version":2,"state_version":2,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U2","name":"Bén"},"confirmed_at":"2026-03-01T12:00:10Z","attempt":1,"provider_task":null,"submitted_at":null,"progress":null,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":"2026-03-01T12:00:10Z"}');
INSERT INTO jobs (number, platform, workspace, channel, thread, id, author_platform, author_workspace, author_id, state, version, provider, model, made_at, confirmed_at, submitted_at, completed_at, next_step_at, leased_by, leased_until, body) VALUES (3,'slack','T1','C1','1700000000.000100','J-SENDING','slack','T1','U1','submitting',3,'tollbooth','toll-1','2026-03-01 12:00:00.000000','2026-03-01 12:00:11.000000','2026-03-01 12:00:12.000000',NULL,'2026-03-01 12:00:12.000000',NULL,NULL,'{"id":"J-SENDING","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"a fox on its way out","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:12Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z"},"problems":[],"hints":[],"sheet":".sheets/J-SENDING","state":"submitting","version":3,"state_version":3,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"confirmed_at":"2026-03-01T12:00:11Z","attempt":1,"provider_task":null,"submitted_at":"2026-03-01T12:00:12Z","progress":null,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":"2026-03-01T12:00:12Z"}');
INSERT INTO jobs (number, platform, workspace, channel, thread, id, author_platform, author_workspace, author_id, state, version, provider, model, made_at, confirmed_at, submitted_at, completed_at, next_step_at, leased_by, leased_until, body) VALUES (4,'slack','T1','C1','1700000000.000100','J-RUNNING','slack','T1','U1','processing',4,'tollbooth','toll-1','2026-03-01 12:00:00.000000','2026-03-01 12:00:13.000000','2026-03-01 12:00:14.000000',NULL,'2026-03-01 12:00:20.000000',NULL,NULL,'{"id":"J-RUNNING","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"a fox being made","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:15Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z"},"problems":[],"hints":[],"sheet":".sheets/J-RUNNING","state":"processing","version":4,"state_version":4,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"confirmed_at":"2026-03-01T12:00:13Z","attempt":1,"provider_task":{"id":"task-1","route":"films","region":"","key_name":"TOLL_KEY"},"submitted_at":"2026-03-01T12:00:14Z","progress":0.25,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":"2026-03-01T12:00:20Z"}');
INSERT INTO jobs (number, platform, workspace, channel, thread, id, author_platform, author_workspace, author_id, state, version, provider, model, made_at, confirmed_at, submitted_at, completed_at, next_step_at, leased_by, leased_until, body) VALUES (5,'slack','T1','C1','1700000000.000100','J-DONE','slack','T1','U1','complete',6,'tollbooth','toll-1','2026-03-01 12:00:00.000000','2026-03-01 12:00:21.000000','2026-03-01 12:00:22.000000','2026-03-01 12:00:31.000000',NULL,NULL,NULL,'{"id":"J-DONE","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"a lighthouse 灯台 at dawn","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[{"token":"@Image1","kind":"image","role":"first_frame","source":{"kind":"upload","value":"F-1","name":"fox.png","mime":"image/png"},"role_origin":"default","media":{"kind":"image","mime":"image/png","bytes":1234,"sha256":"abababababababababababababababababababababababababababababababab","width":640,"height":480,"seconds":null,"fps":null,"video_codec":null,"audio_codec":null,"traits":[]},"key":".assets/ab/abababababababababababababababababababababababababababababababab","mends":[],"problems":[]}]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:31Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z"},"problems":[],"hints":[],"sheet":".sheets/J-DONE","state":"complete","version":6,"state_version":6,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"confirmed_at":"2026-03-01T12:00:21Z","attempt":1,"provider_task":{"id":"task-2","route":"films","region":"","key_name":""},"submitted_at":"2026-03-01T12:00:22Z","progress":null,"eta":null,"result":{"files":[{"id":"film-2","mime":"video/mp4","last_frame":"","name":""}],"clips":[{"id":"F-DONE-1","workspace":"T1","owner":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"job":"J-DONE","drive_path":"promo/dawn.mp4","key":"slack-T1/people/U1/promo/dawn.mp4","bytes":4321,"seconds":5.0,"width":1280,"height":720,"made_at":"2026-03-01T12:00:30Z","poster":"slack-T1/people/U1/promo/.dawn/poster.jpg","last_frame":"slack-T1/people/U1/promo/.dawn/last.jpg","expires_at":null}],"delivered":0,"credits":null,"seed":7,"notes":[]},"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":null}');
INSERT INTO jobs (number, platform, workspace, channel, thread, id, author_platform, author_workspace, author_id, state, version, provider, model, made_at, confirmed_at, submitted_at, completed_at, next_step_at, leased_by, leased_until, body) VALUES (6,'slack','T1','C1','1700000000.000100','J-NO','slack','T1','U2','declined',2,'tollbooth','toll-1','2026-03-01 12:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,'{"id":"J-NO","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U2","name":"Bén"},"request":{"prompt":"a fox that was declined","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:40Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z"},"problems":[],"hints":[],"sheet":".sheets/J-NO","state":"declined","version":2,"state_version":2,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":null,"confirmed_at":null,"attempt":0,"provider_task":null,"submitted_at":null,"progress":null,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":null}');
INSERT INTO jobs (number, platform, workspace, channel, thread, id, author_platform, author_workspace, author_id, state, version, provider, model, made_at, confirmed_at, submitted_at, completed_at, next_step_at, leased_by, leased_until, body) VALUES (7,'slack','T1','C1','1700000000.000100','J-FAILED','slack','T1','U1','error',3,'tollbooth','toll-1','2026-03-01 12:00:00.000000','2026-03-01 12:00:41.000000',NULL,NULL,NULL,NULL,NULL,'{"id":"J-FAILED","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"a fox that failed","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:42Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z"},"problems":[],"hints":[],"sheet":".sheets/J-FAILED","state":"error","version":3,"state_version":3,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"confirmed_at":"2026-03-01T12:00:41Z","attempt":1,"provider_task":null,"submitted_at":null,"progress":null,"eta":null,"result":null,"failure":{"say":"The provider refused it.","charged":"no","mend":"Change it."},"tries":0,"trouble":"","stopping":false,"next_step_at":null}');
INSERT INTO ledger (number, kind, credits, job, platform, workspace, person_id, person_name, at) VALUES (1,'reserve','12.50','J-QUEUED','slack','T1','U2','Bén','2026-03-01 12:00:10.000000');
INSERT INTO ledger (number, kind, credits, job, platform, workspace, person_id, person_name, at) VALUES (2,'reserve','12.50','J-SENDING','slack','T1','U1','Ada','2026-03-01 12:00:11.000000');
INSERT INTO ledger (number, kind, credits, job, platform, workspace, person_id, person_name, at) VALUES (3,'reserve','12.50','J-RUNNING','slack','T1','U1','Ada','2026-03-01 12:00:13.000000');
INSERT INTO ledger (number, kind, credits, job, platform, workspace, person_id, person_name, at) VALUES (4,'reserve','12.50','J-DONE','slack','T1','U1','Ada','2026-03-01 12:00:21.000000');
INSERT INTO ledger (number, kind, credits, job, platform, workspace, person_id, person_name, at) VALUES (5,'release','12.50','J-DONE','slack','T1','U1','Ada','2026-03-01 12:00:31.000000');
INSERT INTO ledger (number, kind, credits, job, platform, workspace, person_id, person_name, at) VALUES (6,'charge','11.00','J-DONE','slack','T1','U1','Ada','2026-03-01 12:00:31.000000');
INSERT INTO ledger (number, kind, credits, job, platform, workspace, person_id, person_name, at) VALUES (7,'reserve','12.50','J-FAILED','slack','T1','U1','Ada','2026-03-01 12:00:41.000000');
INSERT INTO ledger (number, kind, credits, job, platform, workspace, person_id, person_name, at) VALUES (8,'release','12.50','J-FAILED','slack','T1','U1','Ada','2026-03-01 12:00:42.000000');
INSERT INTO notes (number, key, text, until) VALUES (1,'slack:upload:1','F07','2026-03-01 14:30:00.000000');
CREATE INDEX ix_cards_behind ON cards (waiting_since, number) WHERE shown < wanted;
CREATE INDEX ix_cards_conversation ON cards (platform, workspace, channel, thread, number);
CREATE INDEX ix_clip_keys_clip ON clip_keys (clip);
CREATE INDEX ix_clips_expiring ON clips (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX ix_clips_key ON clips ("key");
CREATE INDEX ix_clips_last_frame ON clips (last_frame);
CREATE INDEX ix_clips_poster ON clips (poster);
CREATE INDEX ix_clips_recent ON clips (platform, workspace, made_at, number);
CREATE INDEX ix_events_conversation ON events (platform, workspace, channel, thread, received_at, number);
CREATE INDEX ix_events_open ON events (received_at, number) WHERE done_at IS NULL;
CREATE INDEX ix_jobs_author ON jobs (author_platform, author_workspace, author_id, made_at, number);
CREATE INDEX ix_jobs_completed ON jobs (model, completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX ix_jobs_conversation ON jobs (platform, workspace, channel, thread, made_at, number);
CREATE INDEX ix_jobs_due ON jobs (next_step_at, number) WHERE next_step_at IS NOT NULL;
CREATE INDEX ix_jobs_state ON jobs (state, provider, confirmed_at);
CREATE INDEX ix_jobs_workspace ON jobs (platform, workspace, made_at, number);
CREATE INDEX ix_jobs_workspace_state ON jobs (platform, workspace, state);
CREATE INDEX ix_ledger_job ON ledger (job, number);
CREATE INDEX ix_ledger_person ON ledger (platform, workspace, person_id, at);
CREATE INDEX ix_notes_until ON notes (until);
COMMIT;
