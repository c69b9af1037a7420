// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CourtFixture} from "./CourtFixture.sol";
import {Blames} from "../src/Blames.sol";
import {Committees} from "../src/Committees.sol";
import {LeakCourt} from "../src/LeakCourt.sol";
import {Names} from "../src/Names.sol";
import {DevArbitrator} from "../src/arbitration/DevArbitrator.sol";

/// @notice The whole of OML, bound as a deployment binds it. The fixtures below it deploy a part each.
abstract contract Fixture is CourtFixture {
    uint256 internal constant APPEAL_FEE = 1e15;
    address internal constant JUDGE = address(0x10D6E);

    Names internal names;
    DevArbitrator internal arbitrator;
    Committees internal committees;
    Blames internal blames;
    LeakCourt internal leakCourt;

    function deployAll() internal {
        deployCourt();
        openDoors();
        names = new Names(parameters, models);
        arbitrator = new DevArbitrator(JUDGE, APPEAL_FEE);
        committees = new Committees(parameters, verifiers, beacon, pools);
        blames = new Blames(parameters, court, models, licenses, committees, titles, arbitrator, "court 7");
        leakCourt = new LeakCourt(parameters, models, licenses, committees, names, blames, arbitrator, "court 7");
        verifiers.bindCommittees(address(committees));
        committees.bindCourt(address(leakCourt));
        committees.bindCourt(address(blames));
        models.bindBlameCourt(address(blames));
        names.bindCourt(address(leakCourt));
        licenses.bindLeakCourt(address(leakCourt));
    }
}
