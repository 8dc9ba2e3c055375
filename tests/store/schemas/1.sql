-- A store of schema 1, as version 1 of it was released: never changed again.
PRAGMA application_id = 1433433202;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE alarm_acts (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    table_id INTEGER NOT NULL REFERENCES tables (id),
    session_id INTEGER REFERENCES sessions (id),
    alarm_id INTEGER REFERENCES alarms (id), -- which one was acknowledged
    at_ms INTEGER NOT NULL,
    act TEXT NOT NULL, -- a verb of commands
    source TEXT NOT NULL, -- who, or where from
    detail TEXT NOT NULL -- JSON
);
INSERT INTO "alarm_acts" VALUES(1,1,1,1,1,1767225670000,'acknowledge','dashboard','{"id": "time_limit_near"}');
INSERT INTO "alarm_acts" VALUES(2,1,1,1,2,1767225670000,'acknowledge','dashboard','{"id": "time_limit"}');
CREATE TABLE alarms (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    table_id INTEGER NOT NULL REFERENCES tables (id),
    session_id INTEGER REFERENCES sessions (id),
    alarm TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    raised_ms INTEGER NOT NULL,
    escalated INTEGER NOT NULL DEFAULT 0,
    acknowledged_ms INTEGER,
    cleared_ms INTEGER,
    message TEXT NOT NULL
);
INSERT INTO "alarms" VALUES(1,1,1,1,'time_limit_near',1,2,1767225652740,0,1767225670000,1767225671700,'Time limit is near. Start to come up now, slowly.');
INSERT INTO "alarms" VALUES(2,1,1,1,'time_limit',1,3,1767225667740,0,1767225670000,1767225671700,'Inverted too long: 60 s reached. Come up now. Spotter: help the person up.');
CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    at_ms INTEGER NOT NULL,
    answer TEXT NOT NULL
);
INSERT INTO "answers" VALUES(1,1,1767225694000,'dizzy');
CREATE TABLE checklists (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    at_ms INTEGER NOT NULL,
    version INTEGER NOT NULL,
    answers TEXT NOT NULL, -- JSON
    override TEXT NOT NULL DEFAULT ''
);
INSERT INTO "checklists" VALUES(1,1,1767225600000,1,'{"glaucoma": false}','');
CREATE TABLE curves (
    session_id INTEGER PRIMARY KEY REFERENCES sessions (id),
    began_ms INTEGER NOT NULL,
    angles BLOB NOT NULL -- hundredths of degrees, 16 bit little-endian, one a second
);
INSERT INTO "curves" VALUES(1,1767225600000,X'C0E0EAE096E0EAE096E0EAE060E741F8140A5513B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B2135E13B213E80C07FC34EAF3E0EAE096E0EAE096E0EAE096E0EAE096E0EAE096E0EAE096E0EAE096E0EAE096E0EAE096E0EAE0');
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    table_id INTEGER REFERENCES tables (id),
    session_id INTEGER REFERENCES sessions (id),
    at_ms INTEGER NOT NULL,
    t_s REAL, -- on the core's own axis
    kind TEXT NOT NULL,
    words TEXT NOT NULL,
    fields TEXT NOT NULL -- JSON
);
INSERT INTO "events" VALUES(1,1,1,NULL,1767225600000,0.0,'posture','posture unknown -> upright at -80.0 degrees','{"from": "unknown", "to": "upright", "angle_deg": -80.0}');
INSERT INTO "events" VALUES(2,1,1,NULL,1767225606700,6.7,'posture','posture upright -> level at -34.2 degrees','{"from": "upright", "to": "level", "angle_deg": -34.16}');
INSERT INTO "events" VALUES(3,1,1,1,1767225608240,8.24,'posture','posture level -> inverted at 34.4 degrees','{"from": "level", "to": "inverted", "angle_deg": 34.41}');
INSERT INTO "events" VALUES(4,1,1,1,1767225608240,8.24,'inversion_started','inversion 1 since 7.74 s','{"n": 1, "angle_deg": 34.41, "since_s": 7.74, "rest_s": null}');
INSERT INTO "events" VALUES(5,1,1,1,1767225652740,52.74,'alarm','** alarm time_limit_near #1 raised: Time limit is near. Start to come up now, slowly.','{"id": "time_limit_near", "occurrence": 1, "priority": "medium", "state": "raised", "message": "Time limit is near. Start to come up now, slowly."}');
INSERT INTO "events" VALUES(6,1,1,1,1767225667740,67.74,'alarm','*** alarm time_limit #1 raised: Inverted too long: 60 s reached. Come up now. Spotter: help the person up.','{"id": "time_limit", "occurrence": 1, "priority": "high", "state": "raised", "message": "Inverted too long: 60 s reached. Come up now. Spotter: help the person up."}');
INSERT INTO "events" VALUES(7,1,1,1,1767225670000,NULL,'command','acknowledge (dashboard)','{"verb": "acknowledge", "source": "dashboard"}');
INSERT INTO "events" VALUES(8,1,1,1,1767225670000,70.0,'alarm','** alarm time_limit_near #1 acknowledged: Time limit is near. Start to come up now, slowly.','{"id": "time_limit_near", "occurrence": 1, "priority": "medium", "state": "acknowledged", "message": "Time limit is near. Start to come up now, slowly."}');
INSERT INTO "events" VALUES(9,1,1,1,1767225670000,70.0,'alarm','*** alarm time_limit #1 acknowledged: Inverted too long: 60 s reached. Come up now. Spotter: help the person up.','{"id": "time_limit", "occurrence": 1, "priority": "high", "state": "acknowledged", "message": "Inverted too long: 60 s reached. Come up now. Spotter: help the person up."}');
INSERT INTO "events" VALUES(10,1,1,1,1767225671700,71.7,'posture','posture inverted -> level at 4.2 degrees','{"from": "inverted", "to": "level", "angle_deg": 4.16}');
INSERT INTO "events" VALUES(11,1,1,1,1767225671700,71.7,'inversion_ended','inversion 1 ended after 64.0 s, up to 51.4 degrees; exposure 64.0 s','{"n": 1, "duration_s": 63.96, "peak_angle_deg": 51.42, "exposure_s": 63.96}');
INSERT INTO "events" VALUES(12,1,1,1,1767225671700,71.7,'alarm','*** alarm time_limit #1 cleared: Inverted too long: 60 s reached. Come up now. Spotter: help the person up.','{"id": "time_limit", "occurrence": 1, "priority": "high", "state": "cleared", "message": "Inverted too long: 60 s reached. Come up now. Spotter: help the person up."}');
INSERT INTO "events" VALUES(13,1,1,1,1767225671700,71.7,'alarm','** alarm time_limit_near #1 cleared: Time limit is near. Start to come up now, slowly.','{"id": "time_limit_near", "occurrence": 1, "priority": "medium", "state": "cleared", "message": "Time limit is near. Start to come up now, slowly."}');
INSERT INTO "events" VALUES(14,1,1,1,1767225672740,72.74,'posture','posture level -> upright at -45.1 degrees','{"from": "level", "to": "upright", "angle_deg": -45.07}');
INSERT INTO "events" VALUES(15,1,1,1,1767225694000,NULL,'command','answer after the session: dizzy (dashboard)','{"verb": "symptoms", "answer": "dizzy", "source": "dashboard"}');
INSERT INTO "events" VALUES(16,1,1,1,1767225694000,94.0,'note','note after the session: dizzy','{"text": "after the session: dizzy", "refusal": false}');
CREATE TABLE forgetting (user_id INTEGER PRIMARY KEY);
CREATE TABLE inversions (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    n INTEGER NOT NULL,
    began_ms INTEGER NOT NULL,
    duration_s REAL, -- NULL: it is open, or its end was never seen
    peak_deg REAL,
    exposure_s REAL,
    at_least INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "inversions" VALUES(1,1,1,1767225607740,63.96,5.14182696935257794752e+01,63.96,0);
CREATE TABLE pasts (
    id INTEGER PRIMARY KEY,
    table_key TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id),
    wall_s REAL NOT NULL,
    boot_id TEXT NOT NULL, -- empty: the system has none
    boot_s REAL,
    past TEXT NOT NULL -- JSON
);
INSERT INTO "pasts" VALUES(1,'den',1,1767225693.98,'boot-1',1.00939800000190734862e+04,'{"posture": "upright", "angle_deg": -80.50528773529305, "signal_age_s": 0.0, "node_id": "", "inversion_peak_deg": null, "stand_down": false, "check_in_age_s": null, "ledger": {"exposure_s": 63.96, "at_least": false, "inversion_s": null, "rest_s": 22.28, "resting": true, "ended_age_s": 22.28, "session": 1, "total": {"inversions": 1, "inverted_s": 63.96, "longest_s": 63.96, "peak_deg": null}, "session_tally": {"inversions": 1, "inverted_s": 63.96, "longest_s": 63.96, "peak_deg": 51.41826969352578}}, "heard": null, "alarms": []}');
CREATE TABLE recordings (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    session_id INTEGER REFERENCES sessions (id),
    bytes INTEGER NOT NULL,
    began_ms INTEGER NOT NULL,
    high INTEGER -- it holds a high alarm; NULL: nobody knows
);
INSERT INTO "recordings" VALUES(1,'session.jsonl',1,1234,1767225600000,1);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    software TEXT NOT NULL,
    config TEXT NOT NULL, -- JSON: the settings and limits in force
    host TEXT NOT NULL,
    began_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    ending TEXT -- NULL: it did not end in order, or goes on
);
INSERT INTO "runs" VALUES(1,1,'1.2.3','{"profile": "standard"}','host',1767225600000,1767225693980,'in order');
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    table_id INTEGER NOT NULL REFERENCES tables (id),
    user_id INTEGER NOT NULL REFERENCES users (id),
    core INTEGER NOT NULL, -- its number in the run's core; 0: that core is over
    began_ms INTEGER NOT NULL,
    ended_ms INTEGER, -- NULL: an inversion is open
    profile TEXT NOT NULL -- JSON: the limits in force
);
INSERT INTO "sessions" VALUES(1,1,1,1,1,1767225607740,1767225671700,'{"beyond": "", "limit_s": 60.0, "max_angle_deg": 60.0, "name": "standard", "needs_spotter": false, "notice_s": 45.0, "reason": "under a minute at a time, 1.5 min rest; 60 degrees gives most of the effect. Gravity boots: 1 to 2 min hanging (BLOG), between this and sixty-degree", "rest_s": 90.0, "source": "MNT-hang, ITB"}');
CREATE TABLE tables (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
);
INSERT INTO "tables" VALUES(1,'den','The den');
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
INSERT INTO "users" VALUES(1,'anna');
CREATE INDEX sessions_by_time ON sessions (began_ms);
CREATE INDEX sessions_by_table ON sessions (table_id);
CREATE INDEX inversions_by_session ON inversions (session_id);
CREATE INDEX alarms_by_session ON alarms (session_id);
CREATE INDEX alarms_open ON alarms (table_id) WHERE cleared_ms IS NULL;
CREATE INDEX alarm_acts_by_session ON alarm_acts (session_id);
CREATE INDEX events_by_session ON events (session_id);
CREATE INDEX answers_by_session ON answers (session_id);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END;
CREATE TRIGGER events_last BEFORE DELETE ON events
WHEN NOT EXISTS (
    SELECT 1 FROM forgetting JOIN runs ON runs.user_id = forgetting.user_id
    WHERE runs.id = OLD.run_id
)
BEGIN SELECT RAISE(ABORT, 'the log is never shortened'); END;
COMMIT;
