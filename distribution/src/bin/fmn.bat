@echo off
rem Starts Forget-Me-Not from an unpacked distribution. Needs Java 17 or newer, nothing else.
rem FMN_JAVA_OPTS adds options to the JVM, for example set FMN_JAVA_OPTS=-Xmx6g for large models.
setlocal
set "HOME_DIR=%~dp0.."
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"

rem The file beside bin\ says JAVA_VERSION="17.0.15"; without one another JVM is asked below.
set "FOUND=0"
if not defined JAVA_HOME goto :ask
if not exist "%JAVA%" goto :ask
if not exist "%JAVA_HOME%\release" goto :ask
for /f tokens^=2^ delims^=^". %%v in ('findstr /b "JAVA_VERSION=" "%JAVA_HOME%\release"') do (
  set "FOUND=%%v"
  goto :found
)
:ask
"%JAVA%" -version >nul 2>&1
if errorlevel 1 (
  echo fmn: no Java found. Install a JDK or JRE 17 or newer, or let JAVA_HOME name one. 1>&2
  exit /b 1
)
rem --version appeared with Java 9, where the main number comes first: openjdk 17.0.15 ...
for /f "tokens=2 delims=. " %%v in ('""%JAVA%" --version 2^>nul"') do (
  set "FOUND=%%v"
  goto :found
)
:found
if %FOUND% LSS 17 (
  echo fmn: Java 17 or newer is needed. Install one, or let JAVA_HOME name it. 1>&2
  exit /b 1
)

rem What only prints needs neither the second compiler nor threads that collect garbage.
set "SHORT="
for %%c in (-h --help help -V --version) do if "%~1"=="%%c" set "SHORT=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
if "%~1"=="" set "SHORT=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

"%JAVA%" -Xmx2g %SHORT% "-Dfmn.home=%HOME_DIR%" -Dai.djl.offline=true -DOPT_OUT_TRACKING=true %FMN_JAVA_OPTS% -cp "%HOME_DIR%\lib\*" dev.forgetmenot.host.Fmn %*
exit /b %ERRORLEVEL%
