//! A mark that names a running process of this machine, so that another one can tell that it has ended.

/// The mark of this process; empty where none can be given (so far everywhere but on Linux).
///
/// On Linux: the boot's random id, the PID namespace, the process id and its start time. Another machine, another
/// container or a process id given out again is never taken for it.
pub fn this_process() -> String {
    #[cfg(target_os = "linux")]
    return linux::mark(std::process::id()).unwrap_or_default();
    #[cfg(not(target_os = "linux"))]
    String::new()
}

/// Whether the process with this mark ran on this machine and has certainly ended. `false` whenever in doubt.
pub fn has_ended(mark: &str) -> bool {
    #[cfg(target_os = "linux")]
    return linux::has_ended(mark);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = mark;
        false
    }
}

#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
mod linux {
    use std::fs;

    /// `<boot id> <PID namespace> <process id> <start time>`.
    pub(super) fn mark(process: u32) -> Option<String> {
        Some(format!("{} {process} {}", place()?, start_time(process)?))
    }

    pub(super) fn has_ended(mark: &str) -> bool {
        let ended = || {
            let mut words = mark.rsplitn(3, ' ');
            let (start, process, of) = (words.next()?, words.next()?, words.next()?);
            let (start, process): (u64, i32) = (start.parse().ok()?, process.parse().ok()?);
            if of != place()? || process <= 0 {
                return None;
            }
            // SAFETY: signal 0 sends nothing; it only asks whether the process is there.
            let asked = unsafe { libc::kill(process, 0) };
            if asked != 0 && std::io::Error::last_os_error().raw_os_error() == Some(libc::ESRCH) {
                return Some(true);
            }
            // The id may have been given out again. Without a look at its start time it counts as running.
            Some(start_time(process.unsigned_abs()).is_some_and(|now| now != start))
        };
        ended().unwrap_or(false)
    }

    fn place() -> Option<String> {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
        Some(format!("{} {}", boot.trim(), namespace.to_str()?))
    }

    /// In clock ticks since the boot: field 22 of proc_pid_stat(5).
    fn start_time(process: u32) -> Option<u64> {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name in brackets may hold spaces and brackets.
        stat[stat.rfind(')')? + 2..].split(' ').nth(19)?.parse().ok()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::{has_ended, this_process};
    use std::process::Command;

    #[cfg_attr(miri, ignore = "Miri is no process of the kernel")]
    #[test]
    fn a_running_process_has_not_ended_and_an_ended_one_has() {
        assert!(!this_process().is_empty() && !has_ended(&this_process()));
        let mut child = Command::new("sleep").arg("60").spawn().expect("a process");
        let mark = super::linux::mark(child.id()).expect("its mark");
        assert!(!has_ended(&mark), "{mark}");
        child.kill().expect("killed");
        child.wait().expect("gone");
        assert!(has_ended(&mark), "{mark}");
    }

    #[cfg_attr(miri, ignore = "Miri is no process of the kernel")]
    #[test]
    fn other_machines_and_nonsense_are_never_said_to_have_ended() {
        let mark = this_process();
        let (first, rest) = mark.split_at(1);
        let other = if first == "0" { "1" } else { "0" };
        for mark in [&format!("{other}{rest}"), "", "x", "a b c", "1 2 3 4", &mark.replace("pid:[", "pid:[9")] {
            assert!(!has_ended(mark), "{mark}");
        }
    }

    #[cfg_attr(miri, ignore = "Miri is no process of the kernel")]
    #[test]
    fn a_process_id_given_out_again_is_not_the_process() {
        let mark = this_process();
        let (rest, start) = mark.rsplit_once(' ').expect("words");
        let earlier: u64 = start.parse::<u64>().expect("a number") - 1;
        assert!(has_ended(&format!("{rest} {earlier}")));
    }
}
