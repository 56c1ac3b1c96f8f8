/**
 * Words that logs are written in. A local part, a login or a host that is one of them (`info@…`, host `filter`) is replaced
 * where it stands as such, and stays where it is the word.
 */
const WORDS = `
a able about accept accepted access account accounts action active actual add added additional address addresses admin
administrator after again against alias aliases all allow allowed allowlist already also amavis an and another any archive are
as at attachment attachments attempt attempts auth authenticated authentication author authorized auto autolearn available away
back bad banned bare based bayes be because been before being below blackhole block blocked blocklist blocklisted body bounce
bounced bounces bouncing box but by bye bytes cache cached call can cannot canonical catchall cause cert certificate certificates
change changed check checks cipher clam clamav class clean cleanup client close closed code command commands complete completed
config configuration configured connect connected connection connections contact contain contains content contents control copy
could count courier current customer cyrus daemon data database date day days dcc dead deadline default defer deferred delay
delayed delays delete deleted deliver delivered delivery demo denied deny destination detected dev did digest direct directory
disabled discard discarded disconnect disconnected disk dkim dmarc dns dnsbl do document does domain domains done dovecot down
dropped dsn due duplicate early eight ehlo email emails empty encrypted end ended engine enough entry envelope error errors
esmtp esmtps established etc example exceeded exceeds exim exist exists exit expired extension external fail failed failure false
fast field file files filter filtered filtering final find first fix fixed flag folder for force format forward forwarded
forwarding found four free from frozen full fuzzy general generated generic get given global go good got grey greylist
greylisted greylisting group guest had handed has hash hash have header headers held hello helo help her here high hit hits
hold holds home host hosts hour hours how http https id identity idle if ignore ignored imap immediate in inbound inbox incoming
info information initial inner input inside instance internal internet into invalid is issue it item its job junk just keep key
keys kind known large last later learn left len length less level like limit limited line lines list listed lists lmtp load local
localhost location lock log logged login logs long lookup loop lost low mail mailbox mailboxes mailer mailer-daemon mailing maildir
mailman mails main maintenance make malformed man many map marked master match matched max maximum may mbox member members memory
message messages method milter milters mime min minute minutes missing mode modified module monitor more most moved much multiple
must mx my name named names need net network neutral never new newmsg news next no nobody none noqueue noreply normal not note
notice notification notified now null number object of off office ok old on once one only open operation opendkim opendmarc option
or order origin original other our out outbound outgoing output outside over own owner pass passed password path per permanent
permission permitted person phase pickup pid ping pipe pipelining plain please pmg policy pool pop3 port possible post postfix
postgrey postmaster postscreen pre prefork present primary priority private probe problem process processed processing prohibited
proto protected protection protocol provided proxy public pull push qmail qmgr quarantine quarantined query queue queued quit quota
rate razor rbl rcpt re reached read ready real reason receive received recipient recipients record records redirect redirected
refused reject rejected rejecting rejection relay relayed relaying release released remote remove removed repeated replaced reply
report reporting reports reputation request requested require required reset resolve respond response restricted result resume
retries retry return returned returning reverse right root round route router rspamd rule rules run running safe said sales same
sasl saved scan scanned scanner scantime score script sec second seconds secondary secure security see self send sender senders
sendmail sent separate sequence server service services session set settings seven shell should shutdown sieve sign signature
signed silently simple since single site size skip skipped slow small smtp smtpd smtps so soft some source spam spamassassin spamd
spampd spammer spamhaus spamtrap special specified spf spool ssl stage standard start started starting stat state status still stop
stopped storage store stored strict string subject submission subscribe success successful such support suspected suspicious syntax
syslog system table tag tagged take taken task team tell temp temperror temporarily temporary test tested text than that the their
them then there these they third this those three threshold through tie time timed timeout times timing tls tmp to today token
tomorrow too took total trace transaction transfer transient transport traffic tried triggered true trusted try trying turn two type
unable unavailable under undeliverable undelivered unexpected unique unix unknown unlimited unlisted unreachable unsolicited
unsubscribe until untrusted up update upon uri url use used user users using valid value vacation verification verified verify version
very via virtual virus viruses visible visit wait waiting want warn warning was way we web webmaster website week welcome were what
when where which while white whitelist whitelisted who whole whose why will window with within without word work working would write
writing written wrong xforward yes yesterday you your zero zone www ftp abuse billing
mixed srs0 srs1 prvs
abort aborted bulk busy sa clear common completion credentials debug dict fatal finished four five six holding identified inactive jan feb
mar apr jun jul aug sep oct nov dec mon tue wed thu fri sat sun utc gmt rewrite seen sieved steps lda deliver managesieve indexer
`;

const KNOWN = new Set(WORDS.split(/\s+/));

/** Whether a text is a word of the logs' own language, or too short or too plain to be known for a name. */
export function isLogWord(text: string): boolean {
  return text.length < 3 || !/\p{L}/u.test(text) || KNOWN.has(text.toLowerCase());
}

/** Last labels of dotted words that are files, not hosts: none of them is a top-level domain. */
const FILE_ENDINGS = new Set(
  'log logs cf db sock socket pid pem key crt conf cfg gz xz zst bz2 pcre regexp cdb lmdb index lock service txt json csv err warn old tmp dat bin html htm xml cgi php eml msg'.split(
    ' ',
  ),
);

export function isFileEnding(label: string): boolean {
  return FILE_ENDINGS.has(label.toLowerCase());
}

/** Parts of the paths of logs that tell nothing of whose they are. */
const PATH_WORDS =
  /^(?:-|\.{0,2}|~|journal|var|log|logs|mail|maillog|mailog|mainlog|rejectlog|paniclog|exim4?|exim_mainlog|postfix|rspamd|dovecot|haraka|qmail|smtpd|syslog|messages|current|opt|usr|local|srv|data|spool|tmp|home|archive|old|new|err|info|warn|warning|main|kumo|kumomta|amavis|sendmail|spamd|debug|log|gz|xz|zst|bz2|json|csv|txt|jsonl|ndjson|\d{1,8}|[us])$/i;

/** A piece of a file name between dots and dashes that may stay. */
export function isPathWord(word: string): boolean {
  return PATH_WORDS.test(word);
}
