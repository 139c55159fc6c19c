//! `Running`: a command on its way. It can be killed, interrupted, listened to and waited for; it never outlives
//! the test, and a test never waits for it without end.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::output::steady;
use super::{PATIENCE, Run};

/// How often a condition is looked at again.
const TICK: Duration = Duration::from_millis(2);

/// A command that was started.
#[must_use = "wait for it, or kill it"]
pub struct Running {
    child: Child,
    command: String,
    folder: PathBuf,
    since: Instant,
    stdout: Stream,
    stderr: Stream,
}

/// What a stream has given so far, and the thread that listens to it.
struct Stream {
    heard: Arc<Mutex<Vec<u8>>>,
    listener: Option<JoinHandle<()>>,
}

impl Running {
    #[track_caller]
    pub(super) fn start(mut command: Command, words: String, input: Option<&str>, folder: &Path) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("`{words}` does not start: {error}"));
        if let (Some(input), Some(mut stdin)) = (input.map(str::to_owned), child.stdin.take()) {
            // not waited for: the program may end without reading it
            thread::spawn(move || stdin.write_all(input.as_bytes()));
        }
        let stdout = Stream::listen(child.stdout.take().expect("stdout is piped"));
        let stderr = Stream::listen(child.stderr.take().expect("stderr is piped"));
        Self { child, command: words, folder: folder.to_owned(), since: Instant::now(), stdout, stderr }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it hasn't ended yet.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("a child can be asked").is_none()
    }

    /// Kills it as a power cut would (SIGKILL), and gives what it had said.
    #[track_caller]
    pub fn kill(mut self) -> Run {
        self.child.kill().expect("a child can be killed");
        self.wait()
    }

    /// Interrupts it as Ctrl-C does (SIGINT).
    #[track_caller]
    pub fn interrupt(&self) {
        self.signal("INT");
    }

    /// Asks it to end as a service manager does (SIGTERM).
    #[track_caller]
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Stops it where it stands (SIGSTOP), until [`Running::thaw`].
    #[track_caller]
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on (SIGCONT).
    #[track_caller]
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    #[track_caller]
    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "SIG{name} did not reach `{}`", self.command);
    }

    /// Waits until standard output has this piece of text, and gives all of it so far.
    #[track_caller]
    pub fn wait_for_stdout(&mut self, piece: &str, timeout: Duration) -> String {
        self.wait_for(piece, timeout, |own| &own.stdout)
    }

    /// Waits until standard error has this piece of text, and gives all of it so far.
    #[track_caller]
    pub fn wait_for_stderr(&mut self, piece: &str, timeout: Duration) -> String {
        self.wait_for(piece, timeout, |own| &own.stderr)
    }

    #[track_caller]
    fn wait_for(&mut self, piece: &str, timeout: Duration, stream: fn(&Self) -> &Stream) -> String {
        let until = Instant::now() + timeout;
        loop {
            // asked first: what a dead program said was said before it died
            let alive = self.is_alive() || !stream(self).is_over();
            let heard = stream(self).text();
            if heard.contains(piece) {
                return heard;
            }
            if !alive || Instant::now() > until {
                let end = if alive { format!("did not say within {timeout:?}") } else { "ended without".to_owned() };
                panic!("`{}` {end} `{piece}`\n{}", self.command, self.said());
            }
            thread::sleep(TICK);
        }
    }

    /// Waits for its end, three minutes at the most.
    #[must_use = "check at least the exit code"]
    #[track_caller]
    pub fn wait(self) -> Run {
        self.wait_within(PATIENCE)
    }

    /// Waits for its end.
    #[must_use = "check at least the exit code"]
    #[track_caller]
    pub fn wait_within(mut self, timeout: Duration) -> Run {
        let until = Instant::now() + timeout;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                break status;
            }
            assert!(Instant::now() < until, "`{}` did not end within {timeout:?}\n{}", self.command, self.said());
            thread::sleep(TICK);
        };
        let took = self.since.elapsed();
        Run {
            command: self.command.clone(),
            status,
            stdout: self.stdout.finish(until),
            stderr: self.stderr.finish(until),
            folder: self.folder.clone(),
            took,
        }
    }

    fn said(&self) -> String {
        let said = format!("--- stdout\n{}\n--- stderr\n{}", self.stdout.text(), self.stderr.text());
        steady(&said, &self.folder)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Stream {
    fn listen(mut source: impl Read + Send + 'static) -> Self {
        let heard = Arc::<Mutex<Vec<u8>>>::default();
        let listener = thread::spawn({
            let heard = Arc::clone(&heard);
            move || {
                let mut buffer = [0; 8192];
                while let Ok(count @ 1..) = source.read(&mut buffer) {
                    heard.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&buffer[..count]);
                }
            }
        });
        Self { heard, listener: Some(listener) }
    }

    fn heard(&self) -> MutexGuard<'_, Vec<u8>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.heard()).into_owned()
    }

    fn is_over(&self) -> bool {
        self.listener.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Everything the stream gave. A grandchild may keep it open: then, what came in time.
    fn finish(&mut self, until: Instant) -> Vec<u8> {
        while !self.is_over() && Instant::now() < until {
            thread::sleep(TICK);
        }
        self.heard().clone()
    }
}
