CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.assets (
    number bigint NOT NULL,
    id text NOT NULL,
    body text NOT NULL
);
CREATE SEQUENCE public.assets_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assets_number_seq OWNED BY public.assets.number;
CREATE TABLE public.cards (
    number bigint NOT NULL,
    platform text NOT NULL,
    workspace text NOT NULL,
    channel text NOT NULL,
    thread text NOT NULL,
    id text NOT NULL,
    job text,
    wanted integer NOT NULL,
    shown integer NOT NULL,
    rendered integer NOT NULL,
    card text,
    message text,
    recipient text,
    wanted_at timestamp with time zone NOT NULL,
    waiting_since timestamp with time zone NOT NULL,
    retry_at timestamp with time zone,
    leased_by text,
    leased_until timestamp with time zone
);
CREATE SEQUENCE public.cards_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.cards_number_seq OWNED BY public.cards.number;
CREATE TABLE public.clip_keys (
    number bigint NOT NULL,
    key text NOT NULL,
    clip text NOT NULL
);
CREATE SEQUENCE public.clip_keys_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.clip_keys_number_seq OWNED BY public.clip_keys.number;
CREATE TABLE public.clips (
    number bigint NOT NULL,
    id text NOT NULL,
    platform text NOT NULL,
    workspace text NOT NULL,
    key text NOT NULL,
    poster text NOT NULL,
    last_frame text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    body text NOT NULL
);
CREATE SEQUENCE public.clips_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.clips_number_seq OWNED BY public.clips.number;
CREATE TABLE public.events (
    number bigint NOT NULL,
    platform text NOT NULL,
    workspace text NOT NULL,
    channel text NOT NULL,
    thread text NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    body text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    claims integer NOT NULL,
    leased_by text,
    leased_until timestamp with time zone
);
CREATE SEQUENCE public.events_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.events_number_seq OWNED BY public.events.number;
CREATE TABLE public.jobs (
    number bigint NOT NULL,
    platform text NOT NULL,
    workspace text NOT NULL,
    channel text NOT NULL,
    thread text NOT NULL,
    id text NOT NULL,
    author_platform text NOT NULL,
    author_workspace text NOT NULL,
    author_id text NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    provider text,
    model text,
    made_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    submitted_at timestamp with time zone,
    completed_at timestamp with time zone,
    next_step_at timestamp with time zone,
    leased_by text,
    leased_until timestamp with time zone,
    body text NOT NULL,
    line text DEFAULT ''::text NOT NULL,
    batch text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.jobs_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.jobs_number_seq OWNED BY public.jobs.number;
CREATE TABLE public.ledger (
    number bigint NOT NULL,
    kind text NOT NULL,
    credits numeric NOT NULL,
    job text NOT NULL,
    platform text NOT NULL,
    workspace text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.ledger_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.ledger_number_seq OWNED BY public.ledger.number;
CREATE TABLE public.lines (
    number bigint NOT NULL,
    name text NOT NULL,
    paused_until timestamp with time zone
);
CREATE SEQUENCE public.lines_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.lines_number_seq OWNED BY public.lines.number;
CREATE TABLE public.notes (
    number bigint NOT NULL,
    key text NOT NULL,
    text text NOT NULL,
    until timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.notes_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.notes_number_seq OWNED BY public.notes.number;
ALTER TABLE ONLY public.assets ALTER COLUMN number SET DEFAULT nextval('public.assets_number_seq'::regclass);
ALTER TABLE ONLY public.cards ALTER COLUMN number SET DEFAULT nextval('public.cards_number_seq'::regclass);
ALTER TABLE ONLY public.clip_keys ALTER COLUMN number SET DEFAULT nextval('public.clip_keys_number_seq'::regclass);
ALTER TABLE ONLY public.clips ALTER COLUMN number SET DEFAULT nextval('public.clips_number_seq'::regclass);
ALTER TABLE ONLY public.events ALTER COLUMN number SET DEFAULT nextval('public.events_number_seq'::regclass);
ALTER TABLE ONLY public.jobs ALTER COLUMN number SET DEFAULT nextval('public.jobs_number_seq'::regclass);
ALTER TABLE ONLY public.ledger ALTER COLUMN number SET DEFAULT nextval('public.ledger_number_seq'::regclass);
ALTER TABLE ONLY public.lines ALTER COLUMN number SET DEFAULT nextval('public.lines_number_seq'::regclass);
ALTER TABLE ONLY public.notes ALTER COLUMN number SET DEFAULT nextval('public.notes_number_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0003');
INSERT INTO public.assets VALUES (1, 'A-FOX', '{"id":"A-FOX","workspace":"T1","owner":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"name":"fox.png","key":".assets/ab/abababababababababababababababababababababababababababababababab","media":{"kind":"image","mime":"image/png","bytes":1234,"sha256":"abababababababababababababababababababababababababababababababab","width":640,"height":480,"seconds":null,"fps":null,"video_codec":null,"audio_codec":null,"traits":[]},"made_at":"2026-03-01T12:00:00Z"}');
INSERT INTO public.cards VALUES (4, 'slack', 'T1', 'C1', '1700000000.000100', 'C-RUNNING', 'J-RUNNING', 4, 0, 0, NULL, NULL, NULL, '2026-03-01 12:00:15+00', '2026-03-01 12:00:00+00', NULL, NULL, NULL);
INSERT INTO public.cards VALUES (5, 'slack', 'T1', 'C1', '1700000000.000100', 'C-DONE', 'J-DONE', 6, 0, 0, NULL, NULL, NULL, '2026-03-01 12:00:31+00', '2026-03-01 12:00:00+00', NULL, NULL, NULL);
INSERT INTO public.cards VALUES (6, 'slack', 'T1', 'C1', '1700000000.000100', 'C-NO', 'J-NO', 2, 0, 0, NULL, NULL, NULL, '2026-03-01 12:00:40+00', '2026-03-01 12:00:00+00', NULL, NULL, NULL);
INSERT INTO public.cards VALUES (7, 'slack', 'T1', 'C1', '1700000000.000100', 'C-FAILED', 'J-FAILED', 3, 0, 0, NULL, NULL, NULL, '2026-03-01 12:00:42+00', '2026-03-01 12:00:00+00', NULL, NULL, NULL);
INSERT INTO public.cards VALUES (8, 'slack', 'T1', 'C1', '1700000000.000100', 'S-HELLO', NULL, 1, 0, 1, '{"title":"Hello","text":"This is what I can do.","fields":[],"costs":[],"notes":[],"media":[],"progress":null,"buttons":[],"form":[],"tone":"plain","state":"","job":"","revision":0}', NULL, '{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"}', '2026-03-01 12:00:00+00', '2026-03-01 12:00:00+00', NULL, NULL, NULL);
INSERT INTO public.cards VALUES (1, 'slack', 'T1', 'C1', '1700000000.000100', 'C-ASKED', 'J-ASKED', 1, 1, 1, '{"title":"A film","text":"is being made","fields":[],"costs":[],"notes":[],"media":[],"progress":null,"buttons":[],"form":[],"tone":"plain","state":"","job":"","revision":0}', '{"conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"id":"170.1"}', NULL, '2026-03-01 12:00:00+00', '2026-03-01 12:00:00+00', NULL, NULL, NULL);
INSERT INTO public.cards VALUES (2, 'slack', 'T1', 'C1', '1700000000.000100', 'C-QUEUED', 'J-QUEUED', 2, 2, 2, '{"title":"A film","text":"is being made","fields":[],"costs":[],"notes":[],"media":[],"progress":null,"buttons":[],"form":[],"tone":"plain","state":"","job":"","revision":0}', '{"conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"id":"170.1"}', NULL, '2026-03-01 12:00:10+00', '2026-03-01 12:00:10+00', NULL, NULL, NULL);
INSERT INTO public.cards VALUES (3, 'slack', 'T1', 'C1', '1700000000.000100', 'C-SENDING', 'J-SENDING', 3, 3, 3, '{"title":"A film","text":"is being made","fields":[],"costs":[],"notes":[],"media":[],"progress":null,"buttons":[],"form":[],"tone":"plain","state":"","job":"","revision":0}', '{"conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"id":"170.1"}', NULL, '2026-03-01 12:00:12+00', '2026-03-01 12:00:12+00', NULL, NULL, NULL);
INSERT INTO public.cards VALUES (9, 'slack', 'T1', 'C1', '1700000000.000100', 'C-BATCH', 'J-BATCH', 2, 0, 0, NULL, NULL, NULL, '2026-03-01 12:00:50+00', '2026-03-01 12:00:00+00', NULL, NULL, NULL);
INSERT INTO public.clip_keys VALUES (1, 'slack-T1/people/U1/promo/dawn.mp4', 'F-DONE-1');
INSERT INTO public.clip_keys VALUES (2, 'slack-T1/space/night.mp4', 'F-DONE-2');
INSERT INTO public.clips VALUES (1, 'F-DONE-1', 'slack', 'T1', 'slack-T1/people/U1/promo/dawn.mp4', 'slack-T1/people/U1/promo/.dawn/poster.jpg', 'slack-T1/people/U1/promo/.dawn/last.jpg', '2026-03-01 12:00:30+00', NULL, '{"id":"F-DONE-1","workspace":"T1","owner":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"job":"J-DONE","drive_path":"promo/dawn.mp4","key":"slack-T1/people/U1/promo/dawn.mp4","bytes":4321,"seconds":5.0,"width":1280,"height":720,"made_at":"2026-03-01T12:00:30Z","poster":"slack-T1/people/U1/promo/.dawn/poster.jpg","last_frame":"slack-T1/people/U1/promo/.dawn/last.jpg","expires_at":null}');
INSERT INTO public.clips VALUES (2, 'F-DONE-2', 'slack', 'T1', 'slack-T1/space/night.mp4', '', '', '2026-03-01 12:00:32+00', NULL, '{"id":"F-DONE-2","workspace":"T1","owner":{"platform":"slack","workspace":"T1","id":"U2","name":"Bén"},"job":"J-DONE","drive_path":"/space/night.mp4","key":"slack-T1/space/night.mp4","bytes":999,"seconds":4.0,"width":720,"height":1280,"made_at":"2026-03-01T12:00:32Z","poster":"","last_frame":"","expires_at":null}');
INSERT INTO public.events VALUES (2, 'slack', 'T1', 'C1', '1700000000.000100', 'slack:2', 'message', '{"key":"slack:2","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U2","name":"Bén"},"text":"not heard yet","attachments":[],"at":null,"addressed":true,"earlier":[]}', '2026-03-01 12:00:05+00', NULL, 0, NULL, NULL);
INSERT INTO public.events VALUES (1, 'slack', 'T1', 'C1', '1700000000.000100', 'slack:1', 'message', '{"key":"slack:1","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"text":"a lighthouse keeper ☃ winds the lamp","attachments":[],"at":null,"addressed":true,"earlier":[]}', '2026-03-01 12:00:00+00', '2026-03-01 12:00:02+00', 1, NULL, NULL);
INSERT INTO public.jobs VALUES (1, 'slack', 'T1', 'C1', '1700000000.000100', 'J-ASKED', 'slack', 'T1', 'U1', 'awaiting_confirmation', 1, 'tollbooth', 'toll-1', '2026-03-01 12:00:00+00', NULL, NULL, NULL, '2026-03-02 12:00:00+00', NULL, NULL, '{"id":"J-ASKED","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"a fox that nobody confirmed","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[{"token":"@Image1","kind":"image","role":"first_frame","source":{"kind":"upload","value":"F-1","name":"fox.png","mime":"image/png"},"role_origin":"default","media":{"kind":"image","mime":"image/png","bytes":1234,"sha256":"abababababababababababababababababababababababababababababababab","width":640,"height":480,"seconds":null,"fps":null,"video_codec":null,"audio_codec":null,"traits":[]},"key":".assets/ab/abababababababababababababababababababababababababababababababab","mends":[],"problems":[]}]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:00Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z","calls":[]},"problems":[],"hints":[],"sheet":".sheets/J-ASKED","state":"awaiting_confirmation","version":1,"state_version":1,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":null,"confirmed_at":null,"attempt":0,"provider_task":null,"submitted_at":null,"progress":null,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":"2026-03-02T12:00:00Z","line":"","batch":"","calls":1,"tally":null}', '', '');
INSERT INTO public.jobs VALUES (2, 'slack', 'T1', 'C1', '1700000000.000100', 'J-QUEUED', 'slack', 'T1', 'U2', 'queued', 2, 'tollbooth', 'toll-1', '2026-03-01 12:00:00+00', '2026-03-01 12:00:10+00', NULL, NULL, NULL, NULL, NULL, '{"id":"J-QUEUED","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U2","name":"Bén"},"request":{"prompt":"a queued fox","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:10Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z","calls":[]},"problems":[],"hints":[],"sheet":".sheets/J-QUEUED","state":"queued","version":2,"state_version":2,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U2","name":"Bén"},"confirmed_at":"2026-03-01T12:00:10Z","attempt":1,"provider_task":null,"submitted_at":null,"progress":null,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":null,"line":"tollbooth/films","batch":"","calls":1,"tally":null}', 'tollbooth/films', '');
INSERT INTO public.jobs VALUES (3, 'slack', 'T1', 'C1', '1700000000.000100', 'J-SENDING', 'slack', 'T1', 'U1', 'submitting', 3, 'tollbooth', 'toll-1', '2026-03-01 12:00:00+00', '2026-03-01 12:00:11+00', '2026-03-01 12:00:12+00', NULL, '2026-03-01 12:00:12+00', NULL, NULL, '{"id":"J-SENDING","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"a fox on its way out","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:12Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z","calls":[]},"problems":[],"hints":[],"sheet":".sheets/J-SENDING","state":"submitting","version":3,"state_version":3,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"confirmed_at":"2026-03-01T12:00:11Z","attempt":1,"provider_task":null,"submitted_at":"2026-03-01T12:00:12Z","progress":null,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":"2026-03-01T12:00:12Z","line":"tollbooth/films","batch":"","calls":1,"tally":null}', 'tollbooth/films', '');
INSERT INTO public.jobs VALUES (4, 'slack', 'T1', 'C1', '1700000000.000100', 'J-RUNNING', 'slack', 'T1', 'U1', 'processing', 4, 'tollbooth', 'toll-1', '2026-03-01 12:00:00+00', '2026-03-01 12:00:13+00', '2026-03-01 12:00:14+00', NULL, '2026-03-01 12:00:20+00', NULL, NULL, '{"id":"J-RUNNING","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"a fox being made","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:15Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z","calls":[]},"problems":[],"hints":[],"sheet":".sheets/J-RUNNING","state":"processing","version":4,"state_version":4,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"confirmed_at":"2026-03-01T12:00:13Z","attempt":1,"provider_task":{"id":"task-1","route":"films","region":"","key_name":"TOLL_KEY"},"submitted_at":"2026-03-01T12:00:14Z","progress":0.25,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":"2026-03-01T12:00:20Z","line":"tollbooth/films","batch":"","calls":1,"tally":null}', 'tollbooth/films', '');
INSERT INTO public.jobs VALUES (5, 'slack', 'T1', 'C1', '1700000000.000100', 'J-DONE', 'slack', 'T1', 'U1', 'complete', 6, 'tollbooth', 'toll-1', '2026-03-01 12:00:00+00', '2026-03-01 12:00:21+00', '2026-03-01 12:00:22+00', '2026-03-01 12:00:31+00', NULL, NULL, NULL, '{"id":"J-DONE","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"a lighthouse 灯台 at dawn","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[{"token":"@Image1","kind":"image","role":"first_frame","source":{"kind":"upload","value":"F-1","name":"fox.png","mime":"image/png"},"role_origin":"default","media":{"kind":"image","mime":"image/png","bytes":1234,"sha256":"abababababababababababababababababababababababababababababababab","width":640,"height":480,"seconds":null,"fps":null,"video_codec":null,"audio_codec":null,"traits":[]},"key":".assets/ab/abababababababababababababababababababababababababababababababab","mends":[],"problems":[]}]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:31Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z","calls":[]},"problems":[],"hints":[],"sheet":".sheets/J-DONE","state":"complete","version":6,"state_version":6,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"confirmed_at":"2026-03-01T12:00:21Z","attempt":1,"provider_task":{"id":"task-2","route":"films","region":"","key_name":""},"submitted_at":"2026-03-01T12:00:22Z","progress":null,"eta":null,"result":{"files":[{"id":"film-2","mime":"video/mp4","last_frame":"","name":""}],"clips":[{"id":"F-DONE-1","workspace":"T1","owner":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"job":"J-DONE","drive_path":"promo/dawn.mp4","key":"slack-T1/people/U1/promo/dawn.mp4","bytes":4321,"seconds":5.0,"width":1280,"height":720,"made_at":"2026-03-01T12:00:30Z","poster":"slack-T1/people/U1/promo/.dawn/poster.jpg","last_frame":"slack-T1/people/U1/promo/.dawn/last.jpg","expires_at":null}],"delivered":0,"credits":null,"seed":7,"notes":[],"seeds":[]},"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":null,"line":"tollbooth/films","batch":"","calls":1,"tally":null}', 'tollbooth/films', '');
INSERT INTO public.jobs VALUES (6, 'slack', 'T1', 'C1', '1700000000.000100', 'J-NO', 'slack', 'T1', 'U2', 'declined', 2, 'tollbooth', 'toll-1', '2026-03-01 12:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, '{"id":"J-NO","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U2","name":"Bén"},"request":{"prompt":"a fox that was declined","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:40Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z","calls":[]},"problems":[],"hints":[],"sheet":".sheets/J-NO","state":"declined","version":2,"state_version":2,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":null,"confirmed_at":null,"attempt":0,"provider_task":null,"submitted_at":null,"progress":null,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":null,"line":"","batch":"","calls":1,"tally":null}', '', '');
INSERT INTO public.jobs VALUES (7, 'slack', 'T1', 'C1', '1700000000.000100', 'J-FAILED', 'slack', 'T1', 'U1', 'error', 3, 'tollbooth', 'toll-1', '2026-03-01 12:00:00+00', '2026-03-01 12:00:41+00', NULL, NULL, NULL, NULL, NULL, '{"id":"J-FAILED","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"a fox that failed","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:42Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z","calls":[]},"problems":[],"hints":[],"sheet":".sheets/J-FAILED","state":"error","version":3,"state_version":3,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"confirmed_at":"2026-03-01T12:00:41Z","attempt":1,"provider_task":null,"submitted_at":null,"progress":null,"eta":null,"result":null,"failure":{"say":"The provider refused it.","charged":"no","mend":"Change it."},"tries":0,"trouble":"","stopping":false,"next_step_at":null,"line":"tollbooth/films","batch":"","calls":1,"tally":null}', 'tollbooth/films', '');
INSERT INTO public.jobs VALUES (8, 'slack', 'T1', 'C1', '1700000000.000100', 'J-BATCH', 'slack', 'T1', 'U1', 'processing', 2, 'tollbooth', 'toll-1', '2026-03-01 12:00:00+00', '2026-03-01 12:00:50+00', NULL, NULL, '2026-03-01 12:00:55+00', NULL, NULL, '{"id":"J-BATCH","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"two foxes","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:50Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z","calls":[]},"problems":[],"hints":[],"sheet":".sheets/J-BATCH","state":"processing","version":2,"state_version":2,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"confirmed_at":"2026-03-01T12:00:50Z","attempt":0,"provider_task":null,"submitted_at":null,"progress":null,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":"2026-03-01T12:00:55Z","line":"","batch":"","calls":2,"tally":{"films":2,"ready":0,"in_line":2,"failed":0,"ahead":0,"asking":"","asked":0}}', '', '');
INSERT INTO public.jobs VALUES (9, 'slack', 'T1', 'C1', '1700000000.000100', 'J-BATCH-1', 'slack', 'T1', 'U1', 'queued', 1, 'tollbooth', 'toll-1', '2026-03-01 12:00:00+00', '2026-03-01 12:00:50+00', NULL, NULL, NULL, NULL, NULL, '{"id":"J-BATCH-1","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"two foxes","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:00Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z","calls":[]},"problems":[],"hints":[],"sheet":".sheets/J-BATCH","state":"queued","version":1,"state_version":1,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"confirmed_at":"2026-03-01T12:00:50Z","attempt":1,"provider_task":null,"submitted_at":null,"progress":null,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":null,"line":"tollbooth/films","batch":"J-BATCH","calls":1,"tally":null}', 'tollbooth/films', 'J-BATCH');
INSERT INTO public.jobs VALUES (10, 'slack', 'T1', 'C1', '1700000000.000100', 'J-BATCH-2', 'slack', 'T1', 'U1', 'queued', 1, 'tollbooth', 'toll-1', '2026-03-01 12:00:00+00', '2026-03-01 12:00:50+00', NULL, NULL, NULL, NULL, NULL, '{"id":"J-BATCH-2","conversation":{"platform":"slack","workspace":"T1","channel":"C1","thread":"1700000000.000100"},"author":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"request":{"prompt":"two foxes","settings":{"model":null,"seconds":null,"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"references":[]},"made_at":"2026-03-01T12:00:00Z","changed_at":"2026-03-01T12:00:00Z","choice":{"model":"toll-1","provider":"tollbooth","title":"Toll One","task":"text","settings":{"model":null,"seconds":{"value":5,"origin":"said"},"aspect":null,"resolution":null,"audio":null,"watermark":null,"last_frame":null,"web_search":null,"seed":null,"negative":null,"count":null,"temporary":null,"drive_path":null,"camera":null,"voice":null},"adjustments":[]},"quote":{"credits":"12.50","lines":[{"text":"5 s at 720p","credits":"12.50"}],"estimated":false,"valid_until":"2026-03-02T12:00:00Z","calls":[]},"problems":[],"hints":[],"sheet":".sheets/J-BATCH","state":"queued","version":1,"state_version":1,"asked_version":1,"asked_at":null,"answered_with":"","confirmed_by":{"platform":"slack","workspace":"T1","id":"U1","name":"Ada"},"confirmed_at":"2026-03-01T12:00:50Z","attempt":1,"provider_task":null,"submitted_at":null,"progress":null,"eta":null,"result":null,"failure":null,"tries":0,"trouble":"","stopping":false,"next_step_at":null,"line":"tollbooth/films","batch":"J-BATCH","calls":1,"tally":null}', 'tollbooth/films', 'J-BATCH');
INSERT INTO public.ledger VALUES (1, 'reserve', 12.50, 'J-QUEUED', 'slack', 'T1', 'U2', 'Bén', '2026-03-01 12:00:10+00');
INSERT INTO public.ledger VALUES (2, 'reserve', 12.50, 'J-SENDING', 'slack', 'T1', 'U1', 'Ada', '2026-03-01 12:00:11+00');
INSERT INTO public.ledger VALUES (3, 'reserve', 12.50, 'J-RUNNING', 'slack', 'T1', 'U1', 'Ada', '2026-03-01 12:00:13+00');
INSERT INTO public.ledger VALUES (4, 'reserve', 12.50, 'J-DONE', 'slack', 'T1', 'U1', 'Ada', '2026-03-01 12:00:21+00');
INSERT INTO public.ledger VALUES (5, 'release', 12.50, 'J-DONE', 'slack', 'T1', 'U1', 'Ada', '2026-03-01 12:00:31+00');
INSERT INTO public.ledger VALUES (6, 'charge', 11.00, 'J-DONE', 'slack', 'T1', 'U1', 'Ada', '2026-03-01 12:00:31+00');
INSERT INTO public.ledger VALUES (7, 'reserve', 12.50, 'J-FAILED', 'slack', 'T1', 'U1', 'Ada', '2026-03-01 12:00:41+00');
INSERT INTO public.ledger VALUES (8, 'release', 12.50, 'J-FAILED', 'slack', 'T1', 'U1', 'Ada', '2026-03-01 12:00:42+00');
INSERT INTO public.ledger VALUES (9, 'reserve', 6.25, 'J-BATCH-1', 'slack', 'T1', 'U1', 'Ada', '2026-03-01 12:00:50+00');
INSERT INTO public.ledger VALUES (10, 'reserve', 6.25, 'J-BATCH-2', 'slack', 'T1', 'U1', 'Ada', '2026-03-01 12:00:50+00');
INSERT INTO public.lines VALUES (1, 'tollbooth/films', '2026-03-01 12:01:00+00');
INSERT INTO public.notes VALUES (1, 'slack:upload:1', 'F07', '2026-03-01 14:30:00+00');
SELECT pg_catalog.setval('public.assets_number_seq', 1, true);
SELECT pg_catalog.setval('public.cards_number_seq', 9, true);
SELECT pg_catalog.setval('public.clip_keys_number_seq', 2, true);
SELECT pg_catalog.setval('public.clips_number_seq', 2, true);
SELECT pg_catalog.setval('public.events_number_seq', 2, true);
SELECT pg_catalog.setval('public.jobs_number_seq', 10, true);
SELECT pg_catalog.setval('public.ledger_number_seq', 10, true);
SELECT pg_catalog.setval('public.lines_number_seq', 1, true);
SELECT pg_catalog.setval('public.notes_number_seq', 1, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.assets
    ADD CONSTRAINT pk_assets PRIMARY KEY (number);
ALTER TABLE ONLY public.cards
    ADD CONSTRAINT pk_cards PRIMARY KEY (number);
ALTER TABLE ONLY public.clip_keys
    ADD CONSTRAINT pk_clip_keys PRIMARY KEY (number);
ALTER TABLE ONLY public.clips
    ADD CONSTRAINT pk_clips PRIMARY KEY (number);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT pk_events PRIMARY KEY (number);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT pk_jobs PRIMARY KEY (number);
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT pk_ledger PRIMARY KEY (number);
ALTER TABLE ONLY public.lines
    ADD CONSTRAINT pk_lines PRIMARY KEY (number);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT pk_notes PRIMARY KEY (number);
ALTER TABLE ONLY public.assets
    ADD CONSTRAINT uq_assets_id UNIQUE (id);
ALTER TABLE ONLY public.cards
    ADD CONSTRAINT uq_cards_id UNIQUE (id);
ALTER TABLE ONLY public.clip_keys
    ADD CONSTRAINT uq_clip_keys_key UNIQUE (key);
ALTER TABLE ONLY public.clips
    ADD CONSTRAINT uq_clips_id UNIQUE (id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT uq_events_key UNIQUE (key);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT uq_jobs_id UNIQUE (id);
ALTER TABLE ONLY public.lines
    ADD CONSTRAINT uq_lines_name UNIQUE (name);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT uq_notes_key UNIQUE (key);
CREATE INDEX ix_cards_behind ON public.cards USING btree (waiting_since, number) WHERE (shown < wanted);
CREATE INDEX ix_cards_conversation ON public.cards USING btree (platform, workspace, channel, thread, number);
CREATE INDEX ix_clip_keys_clip ON public.clip_keys USING btree (clip);
CREATE INDEX ix_clips_expiring ON public.clips USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX ix_clips_key ON public.clips USING btree (key);
CREATE INDEX ix_clips_last_frame ON public.clips USING btree (last_frame);
CREATE INDEX ix_clips_poster ON public.clips USING btree (poster);
CREATE INDEX ix_clips_recent ON public.clips USING btree (platform, workspace, made_at, number);
CREATE INDEX ix_events_conversation ON public.events USING btree (platform, workspace, channel, thread, received_at, number);
CREATE INDEX ix_events_open ON public.events USING btree (received_at, number) WHERE (done_at IS NULL);
CREATE INDEX ix_jobs_author ON public.jobs USING btree (author_platform, author_workspace, author_id, made_at, number);
CREATE INDEX ix_jobs_batch ON public.jobs USING btree (batch, number) WHERE (batch <> ''::text);
CREATE INDEX ix_jobs_busy ON public.jobs USING btree (line) WHERE (state = ANY (ARRAY['queued'::text, 'submitting'::text, 'processing'::text]));
CREATE INDEX ix_jobs_completed ON public.jobs USING btree (model, completed_at) WHERE (completed_at IS NOT NULL);
CREATE INDEX ix_jobs_conversation ON public.jobs USING btree (platform, workspace, channel, thread, made_at, number);
CREATE INDEX ix_jobs_due ON public.jobs USING btree (next_step_at, number) WHERE (next_step_at IS NOT NULL);
CREATE INDEX ix_jobs_line ON public.jobs USING btree (line, submitted_at) WHERE (line <> ''::text);
CREATE INDEX ix_jobs_state ON public.jobs USING btree (state, provider, confirmed_at, batch);
CREATE INDEX ix_jobs_waiting ON public.jobs USING btree (line, confirmed_at, number) WHERE ((state = 'queued'::text) AND (next_step_at IS NULL));
CREATE INDEX ix_jobs_workspace ON public.jobs USING btree (platform, workspace, made_at, number);
CREATE INDEX ix_jobs_workspace_state ON public.jobs USING btree (platform, workspace, state);
CREATE INDEX ix_ledger_job ON public.ledger USING btree (job, number);
CREATE INDEX ix_ledger_person ON public.ledger USING btree (platform, workspace, person_id, at);
CREATE INDEX ix_notes_until ON public.notes USING btree (until);
ALTER TABLE ONLY public.cards
    ADD CONSTRAINT fk_cards_job FOREIGN KEY (job) REFERENCES public.jobs(id);
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT fk_ledger_job FOREIGN KEY (job) REFERENCES public.jobs(id);
