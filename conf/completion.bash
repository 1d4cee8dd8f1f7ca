# bash completion for mgmtctl: the program itself knows its commands.
_mgmtctl() {
  # shellcheck disable=SC2034 # _init_completion sets them.
  local cur prev words cword
  _init_completion -n =: || return
  mapfile -t COMPREPLY < <(
    compgen -W "$(mgmtctl complete -- "${words[@]:1:cword-1}" 2>/dev/null)" -- "$cur"
  )
  # Where no word fits, it may be a file's name.
  [[ ${#COMPREPLY[@]} -gt 0 || $cur == -* ]] || _filedir
}
complete -F _mgmtctl mgmtctl
